"""The settings of a sidecar."""

from __future__ import annotations

from crm_kernel.contributions import Setting
from crm_kernel.text import messages

_ = messages("embedded")

SETTINGS = (
    Setting("CRM_HOST_NAME", _("the host's name, as people know it"), "ERP"),
    Setting("CRM_HOST_ISSUER", _("who signs: the `iss` of the host's tokens")),
    Setting("CRM_HOST_AUDIENCE", _("for whom: the `aud` of its tokens (default: our public address)")),
    Setting("CRM_HOST_KEYS", _("file or address of the host's public keys (a JWK set)")),
    Setting("CRM_HOST_SECRET", _("secret shared with the host, instead of keys"), secret=True),
    Setting("CRM_HOST_GROUPS", _("claim that holds the person's groups; a dot leads into a claim"), "groups"),
    Setting("CRM_HOST_ROLES", _("group=role,role pairs, separated by blanks")),
    Setting("CRM_HOST_OIDC_ISSUER", _("OpenID provider whose access tokens the API takes")),
    Setting("CRM_HOST_OIDC_KEYS", _("address of that provider's keys (default: where it says they are)")),
    Setting("CRM_HOST_OIDC_CLIENT", _("our client id there: people sign in through the provider")),
    Setting("CRM_HOST_OIDC_SECRET", _("our client secret there, if it gave us one"), secret=True),
    Setting("CRM_HOST_OIDC_SCOPES", _("scopes asked for at sign-in"), "openid profile email"),
)
