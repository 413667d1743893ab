"""Places the operator describes in a file: read at start, never changed by a page.

[[source]]
name = "客户视图"
dealership = "default"
source = "erp"
kind = "customers"
reader = "sql"
minutes = 15
secret_from = "ERP_DATABASE_URL"      # the environment variable that holds the secret
options = { table = "crm_customers", id = "cust_no", changed = "updated_at" }
mapping = { cust_name = "name", tel = "mobile" }
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_kernel.access.control import OPERATOR
from crm_kernel.errors import ConfigurationError, CrmError
from crm_kernel.sync import store
from crm_kernel.sync.models import SyncSource
from crm_kernel.sync.readers import READERS
from crm_kernel.sync.sources import SourceDraft, check_draft, columns_of
from crm_kernel.text import messages

if TYPE_CHECKING:
    from uuid import UUID

    from crm_kernel.kernel import Kernel

_ = messages("kernel")

SETTING = "CRM_SYNC_SOURCES"


async def load(kernel: Kernel) -> int:
    """Bring the managed places to what the file says; returns how many it describes.

    Raises ConfigurationError for a file nobody can read.
    """
    file = kernel.settings.extra.get(SETTING, "")
    if not file:
        return 0
    described = _read(Path(file))
    shops = {shop.code: shop.id for shop in await kernel.access.store.shops()}
    by_shop: dict[UUID, dict[str, tuple[SourceDraft, str]]] = {shop: {} for shop in shops.values()}
    for one in described:
        shop = shops.get(str(one.pop("dealership", "default")))
        if shop is None:
            raise ConfigurationError(_("{file} names a dealership there is none of.")(file=file))
        variable = str(one.pop("secret_from", ""))
        secret = os.environ.get(variable, "") if variable else ""
        draft = _draft(file, one, secret)
        try:
            check_draft(kernel, draft, secret)
        except CrmError as fault:
            raise ConfigurationError(
                _("{file}: {name} cannot be used: {fault}")(file=file, name=draft.name, fault=fault.message)
            ) from fault
        by_shop[shop][draft.name] = draft, secret
    for shop, wanted in by_shop.items():
        await apply(kernel, shop, wanted, READERS)
    return len(described)


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        found = tomllib.loads(file.read_text("utf-8")).get("source", [])
    except (OSError, tomllib.TOMLDecodeError) as fault:
        raise ConfigurationError(_("{file} cannot be read: {fault}")(file=file.name, fault=fault)) from fault
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ConfigurationError(_("{file} must hold a list of [[source]].")(file=file.name))
    return found


def _draft(file: str, one: dict[str, Any], secret: str) -> SourceDraft:
    try:
        return SourceDraft(secret=secret, **one)
    except TypeError as fault:
        raise ConfigurationError(_("{file} cannot be read: {fault}")(file=file, fault=fault)) from fault


async def apply(
    kernel: Kernel, shop: UUID, wanted: Mapping[str, tuple[SourceDraft, str]], readers: Collection[str]
) -> None:
    """Bring a dealership's managed places of these readers to what is wanted, by name, with secrets.

    Called by whoever describes places without a page: the file, an adapter.
    """
    async with kernel.db.work(None, now=kernel.clock.now()) as work:
        held = {row.name: row for row in await store.managed(kernel.db, shop) if row.reader in readers}
        for name, row in held.items():
            if name not in wanted:
                await work.remove(row)
        for name, (draft, secret) in wanted.items():
            columns = columns_of(draft)
            known = held.get(name)
            if known is None:
                work.add(
                    SyncSource(
                        dealership_id=shop,
                        staff_id=OPERATOR,
                        managed=True,
                        secret=secret,
                        watermark={},
                        due_at=work.now,
                        created_at=work.now,
                        **columns,
                    )
                )
                continue
            for column, value in columns.items():
                setattr(known, column, value)
            known.secret = secret
