"""Keyed fingerprints of numbers, by which open cases of a caller are found without his number in clear."""

from __future__ import annotations

from uuid import UUID

from crm_kernel.dal.crypto import KeyRing

PURPOSE = "complaint.mobile"


def mobile_print(keys: KeyRing, dealership_id: UUID, mobile: str | None) -> str | None:
    """The fingerprint of a mobile in a dealership; None for none."""
    return keys.blind(dealership_id, PURPOSE, mobile) if mobile else None
