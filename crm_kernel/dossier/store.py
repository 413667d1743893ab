"""Statements over issued files."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from crm_kernel.access.organisation import Staff
from crm_kernel.actor import Access
from crm_kernel.dal.database import Database
from crm_kernel.dal.scoped import scope_condition, scope_values, trusted
from crm_kernel.dossier.models import IssuedFile


async def with_digest(
    database: Database, access: Access, digest: str
) -> Sequence[tuple[IssuedFile, str | None]]:
    """Files of that digest that were issued within an access, with the issuer's name, newest first."""
    statement = (
        select(IssuedFile, Staff.name)
        .outerjoin(Staff, Staff.id == IssuedFile.issued_by)
        .where(IssuedFile.sha256 == digest, scope_condition(access.scope, access.actor.place, IssuedFile))
        .order_by(IssuedFile.issued_at.desc())
        .limit(20)
    )
    rows = await database.rows(trusted(statement, **scope_values(access)))
    return [(row[0], row[1]) for row in rows]
