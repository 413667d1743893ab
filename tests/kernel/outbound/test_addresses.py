"""What may be called: the open internet, and what the operator opened; nothing else, however it is
written."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from crm_kernel.errors import ConfigurationError
from crm_kernel.outbound.addresses import Allowed, Refused, is_public, target
from crm_kernel.outbound.client import NotReached, Outbound


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "::",
        "::1", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2002:a00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "fec0::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_what_is_inside_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "114.114.114.114", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "localhost", "LOCALHOST.",
        "[::1]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]", "0", "127.0.0.1.", "①②⑦.0.0.1",
    ],
)  # fmt: skip
async def test_this_machine_is_refused_in_every_notation(host: str) -> None:
    with pytest.raises((Refused, NotReached)):
        await Outbound(Allowed()).send("GET", f"https://{host}:9/", seconds=2)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/", "file:///etc/passwd", "https://", "//example.com", "example.com",
        "https://a:b@c.com/",
        "https://example.com/#x", "https://example.com:0/", "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/\r\nX: y", "gopher://example.com", "",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        target(url)


def test_the_operator_opens_networks_and_names() -> None:
    allowed = Allowed.parse("10.1.0.0/16, erp.inside ::1")
    assert allowed.permits("a", "10.1.2.3")
    assert allowed.permits("a", "::ffff:10.1.2.3")
    assert not allowed.permits("a", "10.2.0.1")
    assert allowed.permits("ERP.inside.", "192.168.7.7")
    assert allowed.permits("x", "::1")


def test_a_setting_nobody_can_read_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        Allowed.parse("10.0.0.0/99")
