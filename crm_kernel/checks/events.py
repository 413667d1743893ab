"""What `crm check` says about events: payloads that a listener could not read, and listeners in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from crm_kernel.contributions import EventType, Subscription
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


def findings(kernel: Kernel) -> list[Text]:
    """One line for each event whose example a subscriber cannot decode into its struct."""
    found: list[Text] = []
    examples: dict[str, object] = {}
    for event in kernel.registry.of(EventType):
        try:
            made = event.example()
            if not isinstance(made, event.struct):
                raise TypeError(f"the example is not a {event.struct.__name__}")
            examples[event.name] = msgspec.json.decode(msgspec.json.encode(made))
        except Exception as fault:
            found.append(_("The event {event} has no usable example: {fault}")(event=event.name, fault=fault))
    for subscription in kernel.registry.of(Subscription):
        if subscription.event not in examples:
            continue
        try:
            msgspec.convert(examples[subscription.event], subscription.struct)
        except Exception as fault:
            found.append(
                _("{subscriber} cannot read the event {event}: {fault}")(
                    subscriber=subscription.name, event=subscription.event, fault=fault
                )
            )
    return found
