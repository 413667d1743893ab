"""Mail by SMTP, for the port `mailer`."""

from __future__ import annotations

import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE

from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from crm_kernel.errors import ConfigurationError
from crm_kernel.notifications.ports import Mail, NotSent, Rejected
from crm_kernel.settings import Settings
from crm_kernel.text import messages

_ = messages("standalone")

PORTS = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Sends each mail over a connection of its own; the whole conversation has `timeout` seconds a step.

    `tls` is `starttls` (required, not merely tried), `tls` or `none`. Certificates are checked.
    """

    host: str
    port: int
    tls: str
    user: str
    password: str
    sender: str
    timeout: float
    context: ssl.SSLContext | None = None

    ready = True

    @classmethod
    def from_settings(cls, settings: Settings) -> SmtpMailer | None:
        """The mailer the settings describe; None without CRM_SMTP_HOST. Raises ConfigurationError."""
        given = settings.extra
        host = given.get("CRM_SMTP_HOST", "").strip()
        if not host:
            return None
        tls = given.get("CRM_SMTP_TLS", "starttls").strip().lower()
        if tls not in PORTS:
            raise ConfigurationError(_("CRM_SMTP_TLS is starttls, tls or none."))
        sender = given.get("CRM_SMTP_FROM", "").strip()
        try:
            _address(sender)
            port = int(given.get("CRM_SMTP_PORT") or PORTS[tls])
            timeout = float(given.get("CRM_SMTP_TIMEOUT") or 15)
        except ValueError as fault:
            raise ConfigurationError(
                _("CRM_SMTP_FROM needs an address, CRM_SMTP_PORT and CRM_SMTP_TIMEOUT numbers.")
            ) from fault
        user, password = given.get("CRM_SMTP_USER", ""), given.get("CRM_SMTP_PASSWORD", "")
        return cls(host, port, tls, user, password, sender, timeout)

    async def send(self, mail: Mail) -> None:
        """Send, or raise NotSent or Rejected; a connection lost while the mail was being sent raises else."""
        message = self._compose(mail)
        client = SMTP(
            hostname=self.host,
            port=self.port,
            timeout=self.timeout,
            use_tls=self.tls == "tls",
            start_tls=self.tls == "starttls",
            tls_context=self.context,
        )
        try:
            await client.connect()
            if self.user:
                await client.login(self.user, self.password)
        except (SMTPException, OSError, ValueError) as fault:
            client.close()
            raise NotSent from fault
        try:
            await client.send_message(message)
        except SMTPRecipientsRefused as fault:
            raise _by_code(min(refused.code for refused in fault.recipients)) from fault
        except SMTPResponseException as fault:
            raise _by_code(fault.code) from fault
        else:
            with suppress(SMTPException, OSError):
                await client.quit()
        finally:
            client.close()

    def _compose(self, mail: Mail) -> EmailMessage:
        try:
            to, sender = _address(mail.to), _address(self.sender)
        except ValueError as fault:
            raise Rejected from fault
        message = EmailMessage(policy=WIRE)
        message["From"], message["To"] = sender, to
        message["Subject"] = " ".join(mail.subject.split())
        message["Message-ID"] = f"<{mail.id}@{sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        return message


def _by_code(code: int) -> Exception:
    """SMTP codes from 400 are temporary, from 500 final (RFC 5321, 4.2.1)."""
    return NotSent() if code < 500 else Rejected()


def _address(text: str) -> Address:
    """One plain ASCII address. Raises ValueError, also for line breaks and several addresses."""
    if not text.isascii() or not text.isprintable() or "," in text:
        raise ValueError("not an address")
    try:
        found = Address(addr_spec=text.strip())
    except (HeaderParseError, IndexError) as fault:
        raise ValueError("not an address") from fault
    if not found.username or not found.domain:
        raise ValueError("not an address")
    return found
