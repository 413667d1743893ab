"""Whose address counts: the one who connects, unless a proxy the operator trusts tells of another."""

from __future__ import annotations

import pytest

from crm_kernel.web.client import client_address, networks

PROXY = "10.0.0.5"
CUSTOMER = "203.0.113.9"


def seen(peer: str, told: str, *trusted: str) -> str:
    scope = {"client": (peer, 50000), "headers": [(b"x-forwarded-for", told.encode("latin-1"))]}
    return client_address(scope, networks(trusted))


@pytest.mark.parametrize(
    ("peer", "told", "trusted", "counts"),
    [
        (CUSTOMER, "198.51.100.1", (), CUSTOMER),
        (CUSTOMER, "198.51.100.1", ("10.0.0.0/8",), CUSTOMER),
        (PROXY, CUSTOMER, ("10.0.0.0/8",), CUSTOMER),
        (PROXY, f"198.51.100.1, {CUSTOMER}", ("10.0.0.0/8",), CUSTOMER),
        (PROXY, f"198.51.100.1, {CUSTOMER}, 10.0.0.9", ("10.0.0.0/8",), CUSTOMER),
        (PROXY, f"{CUSTOMER}, 10.0.0.9", ("10.0.0.5",), "10.0.0.9"),
        (PROXY, "' or 1=1", ("10.0.0.0/8",), PROXY),
        (PROXY, "", ("10.0.0.0/8",), PROXY),
        ("::1", "2001:db8::7", ("::1",), "2001:db8::7"),
    ],
)
def test_a_forwarded_address_counts_as_far_as_its_writer_is_trusted(peer, told, trusted, counts) -> None:
    assert seen(peer, told, *trusted) == counts
