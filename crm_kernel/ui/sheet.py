"""A small form in a dialog: its controls with what was typed, what is wrong, and where it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from crm_kernel.errors import Conflict, CrmError, Invalid
from crm_kernel.i18n import translate
from crm_kernel.text import Text, messages
from crm_kernel.ui.records.forms import Control

_ = messages("kernel")

REFUSALS = (Invalid, Conflict)
"""What is shown in the form itself; anything else becomes a passing message and leaves the form as it is."""


class Sheet:
    """Collects controls; `typed` (a sent form) wins over `stored`, `fault` puts errors at their fields."""

    def __init__(
        self,
        typed: Mapping[str, Any] | None = None,
        stored: Mapping[str, Any] | None = None,
        fault: CrmError | None = None,
    ) -> None:
        self._typed = typed
        self._stored = stored or {}
        self._fault = fault
        errors = fault.errors if isinstance(fault, Invalid) else ()
        self._errors = {one.field: translate(one.message) for one in errors}
        self.controls: list[Control] = []

    def value(self, name: str) -> str:
        """What the field holds now."""
        found = self._stored.get(name) if self._typed is None else self._typed.get(name)
        return "" if found is None else str(found)

    def field(
        self,
        name: str,
        label: Text | str,
        control: str = "text",
        *,
        options: Sequence[tuple[Any, Text | str]] = (),
        hint: Text | None = None,
        **more: Any,
    ) -> Sheet:
        """Add one control; its value, error and words are filled in."""
        chosen: Any = self.value(name)
        if control == "checkbox":
            chosen = chosen.lower() == "true"
        elif control == "multi":
            chosen = self._many(name)
        self.controls.append(
            Control(
                name,
                translate(label),
                control,
                chosen,
                [(str(key), translate(word)) for key, word in options],
                error=self._errors.get(name),
                hint=translate(hint) if hint is not None else None,
                **more,
            )
        )
        return self

    def _many(self, name: str) -> list[str]:
        if self._typed is None:
            return [str(one) for one in self._stored.get(name) or ()]
        return [str(one) for one in many(self._typed, name)]

    @property
    def status(self) -> int:
        """The HTTP status of the form."""
        return 200 if self._fault is None else 422 if isinstance(self._fault, Invalid) else 409

    @property
    def message(self) -> str | None:
        """What is wrong, where no field of the form says it."""
        if self._fault is None:
            return None
        shown = {control.name for control in self.controls}
        elsewhere = [words for name, words in self._errors.items() if name not in shown]
        if elsewhere or not self._errors:
            return " ".join(elsewhere) or translate(self._fault.message)
        return None


def text_of(sent: Mapping[str, Any], name: str) -> str:
    """A field as typed, without blanks around it."""
    return str(sent.get(name, "")).strip()


def many(sent: Any, name: str) -> list[Any]:
    """All values sent under one name."""
    found = sent.getall(name, []) if hasattr(sent, "getall") else sent.get(name, [])
    return list(found) if isinstance(found, list) else [found]


def chosen(sent: Any, name: str) -> tuple[str, ...]:
    """The choices made under one name, without empty ones."""
    return tuple(str(one) for one in many(sent, name) if str(one))


def id_of(sent: Mapping[str, Any], name: str) -> UUID | None:
    """A chosen record's id, None where nothing is chosen. Raises Invalid for what is no id."""
    raw = text_of(sent, name)
    if not raw:
        return None
    try:
        return UUID(raw)
    except ValueError as fault:
        raise Invalid.one(name, "reference", _("Choose one of the list.")) from fault


def required_id(sent: Mapping[str, Any], name: str) -> UUID:
    """A chosen record's id. Raises Invalid where nothing is chosen."""
    found = id_of(sent, name)
    if found is None:
        raise Invalid.one(name, "required", _("Choose one of the list."))
    return found
