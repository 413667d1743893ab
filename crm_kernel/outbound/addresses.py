"""Which machines may be called: public ones, and those the operator allows by name or network.

An address is judged after it was resolved, so every way of writing it (`127.1`, `2130706433`, `0x7f000001`,
`::ffff:127.0.0.1`, a name that points inside) comes to the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from crm_kernel.errors import ConfigurationError, CrmError
from crm_kernel.settings import Settings
from crm_kernel.text import messages

_ = messages("kernel")

SETTING = "CRM_OUTBOUND_ALLOW"
Address = IPv4Address | IPv6Address
_NAT64 = ip_network("64:ff9b::/96")
_COMPATIBLE = ip_network("::/96")
_PORTS = {"https": 443, "http": 80}


class Refused(CrmError):
    """The address is none that may be called; another attempt will not help."""

    code = "address_refused"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Machines inside that may be called all the same: networks, and host names whatever they resolve to."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    names: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, settings: Settings) -> Allowed:
        """What `CRM_OUTBOUND_ALLOW` lists. Raises ConfigurationError."""
        return cls.parse(settings.extra.get(SETTING, ""))

    @classmethod
    def parse(cls, text: str) -> Allowed:
        """Networks (`10.1.0.0/16`), addresses and host names, separated by blanks or commas."""
        networks, names = [], set()
        for word in text.replace(",", " ").split():
            try:
                networks.append(ip_network(word, strict=False))
            except ValueError as fault:
                if "/" in word or ":" in word:
                    raise ConfigurationError(
                        _("{setting} holds {word}, which is neither a network nor a host name.")(
                            setting=SETTING, word=word
                        )
                    ) from fault
                names.add(plain_host(word))
        return cls(tuple(networks), frozenset(names))

    def permits(self, host: str, address: str) -> bool:
        """Whether `host`, which was resolved to `address`, may be called."""
        return self.inside(host, address) or is_public(_parsed(address))

    def inside(self, host: str, address: str) -> bool:
        """Whether the operator allowed this machine expressly."""
        if plain_host(host) in self.names:
            return True
        found = _mapped(_parsed(address))
        return any(found in network for network in self.networks if network.version == found.version)


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open internet, with whatever it carries inside (NAT64, 6to4)."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and (address in _NAT64 or address in _COMPATIBLE):
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo is not None or address.is_site_local:
            return False
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def target(url: str) -> SplitResult:
    """A URL that can be called: http or https, a host, no credentials, no fragment. Raises Refused."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as fault:
        raise Refused(_("This is not a web address.")) from fault
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise Refused(_("A web address begins with https:// and names a machine."))
    if parts.username or parts.password or parts.fragment:
        raise Refused(_("The web address must hold neither a password nor a fragment (#)."))
    if any(ord(sign) < 33 or ord(sign) == 127 for sign in url.strip()):
        raise Refused(_("This is not a web address."))
    return parts


def port_of(parts: SplitResult) -> int:
    """The port that is called."""
    return parts.port or _PORTS[parts.scheme]


def plain_host(host: str) -> str:
    """A host name as it is compared: small letters, without a trailing dot."""
    return host.lower().rstrip(".")


def _parsed(address: str) -> Address:
    return ip_address(address.partition("%")[0])


def _mapped(address: Address) -> Address:
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
