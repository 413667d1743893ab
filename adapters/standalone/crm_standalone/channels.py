"""How words leave the house: the mail server and the SMS gateway that the settings describe."""

from __future__ import annotations

from typing import Any

from crm_kernel.contributions import Setting
from crm_kernel.settings import Settings
from crm_kernel.text import messages

_ = messages("standalone")

SETTINGS = (
    Setting("CRM_SMTP_HOST", _("mail server; without it no mail is sent")),
    Setting("CRM_SMTP_PORT", _("its port (587, with TLS from the start 465, without TLS 25)")),
    Setting("CRM_SMTP_TLS", _("starttls, tls (from the start) or none"), "starttls"),
    Setting("CRM_SMTP_USER", _("name to sign in at the mail server")),
    Setting("CRM_SMTP_PASSWORD", _("password to sign in at the mail server"), secret=True),
    Setting("CRM_SMTP_FROM", _("sender's address")),
    Setting("CRM_SMTP_TIMEOUT", _("seconds until a mail server that does not answer is given up"), 15),
    Setting("CRM_SMS_URL", _("address of the SMS gateway (https); without it no SMS is sent")),
    Setting("CRM_SMS_TOKEN", _("bearer token for the gateway"), secret=True),
    Setting("CRM_SMS_SENDER", _("sender or signature the gateway asks for")),
    Setting("CRM_SMS_TIMEOUT", _("seconds until a gateway that does not answer is given up"), 10),
)


def channels(settings: Settings) -> dict[str, Any]:
    """The parts `mailer` and `sms` as far as they are set up; loads neither library otherwise.

    Raises ConfigurationError for settings that cannot be used.
    """
    found: dict[str, Any] = {}
    if settings.extra.get("CRM_SMTP_HOST"):
        from crm_standalone.smtp import SmtpMailer

        found["mailer"] = SmtpMailer.from_settings(settings)
    if settings.extra.get("CRM_SMS_URL"):
        from crm_standalone.sms_gateway import SmsGateway

        found["sms"] = SmsGateway.from_settings(settings)
    return {name: part for name, part in found.items() if part is not None}
