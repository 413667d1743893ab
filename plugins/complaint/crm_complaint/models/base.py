"""The base of this module's tables."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase

from crm_kernel.dal.base import metadata


class Base(DeclarativeBase):
    """A registry of its own: a mistake in another module's mapping does not reach it."""

    metadata = metadata
