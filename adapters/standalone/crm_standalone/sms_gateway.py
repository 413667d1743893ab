"""Short messages by a gateway that takes JSON over HTTPS, for the port `sms`."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

from crm_kernel.errors import ConfigurationError
from crm_kernel.notifications.ports import NotSent, Rejected, Sms
from crm_kernel.outbound.addresses import Allowed, plain_host
from crm_kernel.outbound.client import NotReached, Outbound
from crm_kernel.settings import Settings
from crm_kernel.text import messages

_ = messages("standalone")


@dataclass(frozen=True, slots=True)
class SmsGateway:
    """Posts `{"id", "to", "text", "from"}`; any 2xx answer means that the gateway has taken the message.

    `id` stays the same at every attempt and is sent as Idempotency-Key too. Redirects are not followed and
    the answer's body is not read. The operator named the gateway, so it may stand inside. A provider with
    other words needs an adapter of its own for the port.
    """

    url: str
    token: str
    sender: str
    timeout: float

    ready = True

    @classmethod
    def from_settings(cls, settings: Settings) -> SmsGateway | None:
        """The gateway the settings describe; None without CRM_SMS_URL. Raises ConfigurationError."""
        given = settings.extra
        url = given.get("CRM_SMS_URL", "").strip()
        if not url:
            return None
        if not _is_safe(url):
            raise ConfigurationError(_("CRM_SMS_URL must begin with https://."))
        try:
            timeout = float(given.get("CRM_SMS_TIMEOUT") or 10)
        except ValueError as fault:
            raise ConfigurationError(_("CRM_SMS_TIMEOUT needs a number of seconds.")) from fault
        return cls(url, given.get("CRM_SMS_TOKEN", ""), given.get("CRM_SMS_SENDER", ""), timeout)

    async def send(self, sms: Sms) -> None:
        """Send, or raise NotSent or Rejected; an answer that never came raises something else."""
        body = {"id": sms.id, "to": sms.to, "text": sms.text}
        if self.sender:
            body["from"] = self.sender
        headers = {"Idempotency-Key": sms.id, "Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        client = Outbound(Allowed(names=frozenset({plain_host(urlsplit(self.url).hostname or "")})))
        content = msgspec.json.encode(body)
        try:
            answer = await client.send(
                "POST", self.url, headers=headers, body=content, seconds=self.timeout, limit=0
            )
        except NotReached as fault:
            raise NotSent from fault
        status = answer.status
        if status in (408, 425, 429, 503):
            raise NotSent
        if 300 <= status < 500:
            raise Rejected
        if status >= 500:
            raise GatewayFailed(status)


class GatewayFailed(Exception):
    """The gateway broke down; whether it had taken the message is unknown."""


def _is_safe(url: str) -> bool:
    """Whether the token and the message travel encrypted, or do not leave the machine."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return bool(parts.hostname)
    if parts.scheme != "http" or not parts.hostname:
        return False
    try:
        return ip_address(parts.hostname).is_loopback
    except ValueError:
        return parts.hostname == "localhost"
