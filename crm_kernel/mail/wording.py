"""What can be wrong with a mailbox or a message, in words."""

from __future__ import annotations

from collections.abc import Mapping

from crm_kernel.text import Text, messages

_ = messages("kernel")

FAULTS: Mapping[str, Text] = {
    "unreachable": _("The mail server does not answer. Check its name and port."),
    "address": _("This address may not be called unless CRM_OUTBOUND_ALLOW names it."),
    "certificate": _("The certificate of the mail server is not valid for its name."),
    "tls": _("The mail server does not encrypt in this way. Try the other kind of encryption."),
    "login": _("The mail server refuses the login. Many providers want an authorisation code as password."),
    "folder": _("There is no such folder."),
    "interrupted": _("The mail server broke off. It is tried again."),
    "protocol": _("The mail server answered with something that cannot be understood."),
    "taker": _("The module that takes these messages does not run."),
}
REASONS: Mapping[str, Text] = {
    "too_large": _("too large"),
    "unreadable": _("cannot be read"),
    "auto_reply": _("automatic answer"),
    "delivery_report": _("delivery report"),
    "bulk": _("mailing list"),
    "loop": _("sent by this mailbox itself"),
    "failed": _("could not be entered"),
    "gone": _("not in the mailbox any more"),
}
STATES: Mapping[str, tuple[Text, str]] = {
    "begun": (_("new record"), "success"),
    "joined": (_("joined a record"), "success"),
    "repeated": (_("came before"), "neutral"),
    "ignored": (_("passed over"), "neutral"),
    "refused": (_("not taken"), "warning"),
    "failed": (_("failed"), "danger"),
}
