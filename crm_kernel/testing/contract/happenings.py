"""What happens by itself: events and those who listen, schedules, notifications."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from crm_kernel.contributions import EventType, Job, NotificationType, Subscription
from crm_kernel.jobs.scheduler import Timetable
from crm_kernel.notifications.service import CHANNELS
from crm_kernel.testing.contract.check import Level, check
from crm_kernel.testing.contract.subject import Subject
from crm_kernel.text import messages

_ = messages("kernel")
NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


@check(Level.BRONZE, _("Every event has a complete example"))
async def events_exemplified(subject: Subject) -> Sequence[str]:
    """It is of the event's type, survives JSON, and is named `<plugin or record>.<past tense>`."""
    found = []
    for event in subject.of(EventType):
        made = event.example()
        if not isinstance(made, event.struct):
            found.append(f"the example of {event.name} is no {event.struct.__name__}")
        elif msgspec.convert(_sent(made), event.struct) != made:
            found.append(f"the example of {event.name} does not survive JSON")
        if not NAME.fullmatch(event.name):
            found.append(f"{event.name} is not called <plugin or record>.<past tense>")
    return found


@check(Level.BRONZE, _("Every listener can read what it listens to"))
async def events_decode(subject: Subject) -> Sequence[str]:
    """The plugin's events in all listeners, and everybody's events in the plugin's own."""
    registry = subject.kernel.registry
    events = {event.name: event for event in registry.of(EventType)}
    own, found = set(map(id, subject.of(Subscription))), []
    mine = {event.name for event in subject.of(EventType)}
    for subscription in registry.of(Subscription):
        if id(subscription) not in own and subscription.event not in mine:
            continue
        event = events.get(subscription.event)
        if event is None:
            found.append(f"{subscription.name} listens to {subscription.event}, which nobody publishes")
            continue
        try:
            msgspec.convert(_sent(event.example()), subscription.struct)
        except msgspec.ValidationError as fault:
            found.append(f"{subscription.name} cannot read {event.name}: {fault}")
    return found


@check(Level.BRONZE, _("Every schedule can be read, every channel exists"))
async def schedules_readable(subject: Subject) -> Sequence[str]:
    """A job with a timetable nobody can read would never run."""
    found = []
    for job in subject.of(Job):
        try:
            Timetable.of(job)
        except ValueError as fault:
            found.append(f"{job.name}: {fault}")
    for kind in subject.of(NotificationType):
        found += [f"{kind.name}: no channel {name}" for name in kind.channels if name not in CHANNELS]
    return found


def _sent(payload: object) -> object:
    return msgspec.json.decode(msgspec.json.encode(payload))
