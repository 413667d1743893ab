"""How a sidecar trusts its host, from the environment or the settings file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crm_embedded.host import Host, HostUser
from crm_embedded.identity import BEARER
from crm_embedded.sidecar.keys import HostKeys, SharedSecret
from crm_embedded.sidecar.oidc.flow import Flow
from crm_embedded.sidecar.oidc.provider import SCOPES, Client, Provider
from crm_embedded.sidecar.tokens import ASYMMETRIC, SYMMETRIC, Keys, Verifier
from crm_kernel.clock import Clock
from crm_kernel.errors import ConfigurationError
from crm_kernel.settings import Settings
from crm_kernel.text import messages
from crm_kernel.web.client import header

_ = messages("embedded")


def roles_of(text: str) -> dict[str, list[str]]:
    """`advisors=service_agent managers=general_manager,administrator`. Raises ConfigurationError."""
    found = {}
    for pair in text.split():
        group, sign, roles = pair.partition("=")
        if not (group and sign and roles):
            raise ConfigurationError(_("CRM_HOST_ROLES cannot be read: {text}")(text=pair))
        found[group] = [role for role in roles.split(",") if role]
    return found


@dataclass(frozen=True)
class Trust:
    """Whom a sidecar believes: what the host signs, or its OpenID provider, or both."""

    host: Host
    door: Verifier | None
    flow: Flow | None

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> Trust:
        """As the settings say. Raises ConfigurationError where nobody could be believed."""
        provider = provider_of(settings, clock)
        client = settings.extra.get("CRM_HOST_OIDC_CLIENT", "")
        flow = None
        if client:
            if provider is None:
                raise ConfigurationError(_("CRM_HOST_OIDC_CLIENT needs CRM_HOST_OIDC_ISSUER."))
            scopes = settings.extra.get("CRM_HOST_OIDC_SCOPES", "") or SCOPES
            ours = Client(client, settings.extra.get("CRM_HOST_OIDC_SECRET", ""), scopes)
            flow = Flow(provider, ours, clock, groups=groups_of(settings))
        return cls(
            host_of(settings, clock, provider), verifier_of(settings, clock, needed=flow is None), flow
        )


def groups_of(settings: Settings) -> str:
    """The claim of groups."""
    return settings.extra.get("CRM_HOST_GROUPS", "") or "groups"


def verifier_of(settings: Settings, clock: Clock, *, needed: bool = True) -> Verifier | None:
    """Who is believed at the door. Raises ConfigurationError where somebody is needed and nobody named."""
    given = settings.extra
    issuer, place, secret = (given.get(f"CRM_HOST_{n}", "") for n in ("ISSUER", "KEYS", "SECRET"))
    if not needed and not (issuer or place or secret):
        return None
    if not issuer or not (place or secret):
        raise ConfigurationError(
            _("Set CRM_HOST_ISSUER, and CRM_HOST_KEYS or CRM_HOST_SECRET; or CRM_HOST_OIDC_CLIENT.")
        )
    keys: Keys = HostKeys(place, clock) if place else SharedSecret(secret)
    return Verifier(
        issuer,
        given.get("CRM_HOST_AUDIENCE", "") or settings.public_url,
        keys,
        clock,
        groups=groups_of(settings),
        algorithms=ASYMMETRIC if place else SYMMETRIC,
    )


def provider_of(settings: Settings, clock: Clock) -> Provider | None:
    """The OpenID provider, where there is one. Raises ConfigurationError."""
    issuer = settings.extra.get("CRM_HOST_OIDC_ISSUER", "")
    return Provider(issuer, clock, settings.extra.get("CRM_HOST_OIDC_KEYS", "")) if issuer else None


def host_of(settings: Settings, clock: Clock, provider: Provider | None) -> Host:
    """The host as the settings describe it; of its provider the API takes access tokens as they are."""
    given: Mapping[str, str] = settings.extra
    oidc = None
    if provider is not None:
        audience = given.get("CRM_HOST_AUDIENCE", "") or settings.public_url
        oidc = Verifier(provider.issuer, audience, provider, clock, groups=groups_of(settings), once=False)

    async def identify(scope: object) -> HostUser | None:
        authorization = header(scope, b"authorization")  # type: ignore[arg-type]
        token = authorization[len(BEARER) :].strip()
        # Our own secrets have no dots; a signed token has two.
        if oidc is None or authorization[: len(BEARER)].lower() != BEARER or token.count(".") != 2:
            return None
        return (await oidc.read(token)).user

    return Host(
        name=given.get("CRM_HOST_NAME", "") or "ERP",
        identify=identify if oidc is not None else None,
        roles=roles_of(given.get("CRM_HOST_ROLES", "")),
        overrides={"sign_out": True} if given.get("CRM_HOST_OIDC_CLIENT") else {},
    )
