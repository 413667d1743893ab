"""What `crm check` says about notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_kernel.contributions import NotificationType
from crm_kernel.notifications.service import CHANNELS, MAIL, PORTS, SMS
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

_SILENT = {
    MAIL: _("No mail is sent: nobody set up a mail server. People are told in the product only."),
    SMS: _("No SMS is sent: nobody set up a gateway. People are told in the product only."),
}


def findings(kernel: Kernel) -> list[Text]:
    """One line for each type with a channel that does not exist."""
    found: list[Text] = []
    for kind in kernel.registry.of(NotificationType):
        unknown = [channel for channel in kind.channels if channel not in CHANNELS]
        if unknown:
            found.append(
                _("The notification {name} uses unknown channels: {channels}")(
                    name=kind.name, channels=", ".join(unknown)
                )
            )
    return found


def notes(kernel: Kernel) -> list[Text]:
    """What an operator should know and may well want: channels that reach nobody."""
    return [_SILENT[channel] for channel, port in PORTS.items() if not kernel.service(port).ready]
