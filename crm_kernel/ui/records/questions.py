"""Questions that a form asks before it saves: see crm_kernel.records.suspicions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.errors import Conflict
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.kinds import DATE
from crm_kernel.records.suspicions import Question, Suspicion
from crm_kernel.text import messages
from crm_kernel.ui.records.forms import Control

_ = messages("kernel")
YES, NO = "yes", "no"


class Unanswered(Conflict):
    """A question has to be answered before the form can be saved."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(_("Before this is saved, one question:"), code="unanswered")
        self.asked = asked


async def suspicions(
    kernel: Kernel, actor: Actor, entity: Entity, values: Mapping[str, Any], but: UUID | None = None
) -> Sequence[Suspicion]:
    """Records that may be the one being entered; none where nobody looks for any."""
    service = f"{entity.name}.duplicates"
    if not kernel.offers(service) or not actor.may(entity.permission("view")):
        return []
    found: Sequence[Suspicion] = await kernel.service(service).suspects(actor, values, but=but)
    return found


async def with_answers(
    kernel: Kernel,
    actor: Actor,
    entity: Entity,
    values: dict[str, Any],
    sent: Mapping[str, Any],
    id: UUID | None = None,
) -> dict[str, Any]:
    """The values with what the form answers about them. Raises Unanswered where a question waits.

    What the record of that `id` holds already raises no question.
    """
    asked = Asked(kernel, actor, await suspicions(kernel, actor, entity, values, id), sent)
    if asked.questions and id is not None:
        record = await kernel.service("records").get(actor, entity, id, typed=True)
        new = {n: v for n, v in values.items() if str(record.get(n) or "") != str(v or "")}
        asked = Asked(kernel, actor, await suspicions(kernel, actor, entity, new, id), sent)
    if asked.open:
        raise Unanswered(asked)
    return values | asked.values


def kept(sent: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Answers that a form shown again takes along."""
    return [(name, str(value)) for name, value in (sent or {}).items() if name.startswith("ask.")]


class Asked:
    """The questions about what was sent, and what the form that was sent answers to them.

    An answer counts for the record it was given about: another plate is another question.
    """

    def __init__(
        self, kernel: Kernel, actor: Actor, found: Sequence[Suspicion], sent: Mapping[str, Any]
    ) -> None:
        self._today = kernel.clock.now().astimezone(ZoneInfo(actor.timezone)).date()
        self._sent = sent
        self.questions = [one for one in found if isinstance(one, Question)]
        self.values: dict[str, Any] = {}
        self.open = False
        """Whether one of them waits for an answer."""
        for one in self.questions:
            answer, on = self._answer(one)
            self.open |= answer not in (YES, NO) or (answer == YES and on is None)
            if answer == YES:
                self.values |= {one.confirm: True, one.on: on.isoformat() if on else None}

    def _answer(self, one: Question) -> tuple[str, date | None]:
        name = f"ask.{one.code}"
        if self._sent.get(f"{name}.about") != str(one.id):
            return "", self._today
        try:
            on = DATE.parse(str(self._sent.get(f"{name}.on", "")))
        except ValueError:
            on = None
        return str(self._sent.get(name, "")), on

    def shown(self, path: str) -> list[dict[str, Any]]:
        """The questions as the template takes them, with what was answered; `path` is that of the list."""
        found = []
        for one in self.questions:
            name, (answer, on) = f"ask.{one.code}", self._answer(one)
            wrong = answer == YES and on is None
            yes_no = [(YES, translate(one.yes)), (NO, translate(one.no))]
            found.append(
                {
                    "url": f"{path}/{one.id}",
                    "label": translate(one.label),
                    "about": (f"{name}.about", str(one.id)),
                    "controls": [
                        Control(name, translate(one.question), "radio", answer, yes_no, required=True),
                        Control(
                            f"{name}.on",
                            translate(_("From the day")),
                            "date",
                            on.isoformat() if on else "",
                            error=translate(DATE.messages["date"]) if wrong else None,
                        ),
                    ],
                }
            )
        return found
