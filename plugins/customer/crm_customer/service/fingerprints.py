"""Keyed fingerprints by which whole encrypted values are found, different in every dealership."""

from __future__ import annotations

from uuid import UUID

from crm_customer.models.customer import ID_NUMBER, PHONE
from crm_kernel.dal.crypto import KeyRing


def phone_print(keys: KeyRing, dealership: UUID, number: str) -> str:
    """Of a normalised telephone number, as `Phone.number_bi` holds it."""
    return keys.blind(dealership, PHONE, number)


def id_print(keys: KeyRing, dealership: UUID, number: str) -> str:
    """Of a normalised identity number, as `Customer.id_number_bi` holds it."""
    return keys.blind(dealership, ID_NUMBER, number)
