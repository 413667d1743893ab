"""What is asked of the benchmark's database, with the statement that the product itself sends for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import Boolean

from benchmarks import people
from benchmarks.rig import Question
from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.prepared import Prepared
from crm_kernel.dal.query import Query
from crm_kernel.dal.reader import RawRows, Reader
from crm_kernel.dal.types import Encrypted, Json
from crm_kernel.kernel import Kernel
from crm_kernel.records.query_params import parse_query

CUSTOMER = (
    "code", "name", "kind", "status", "sex", "birthday", "mobile", "email", "wechat", "level", "source",
    "registered_on", "occupation", "employer", "education", "industry", "remark", "do_not_contact",
)  # fmt: skip
"""With id and version twenty columns, two of them encrypted and masked."""
VEHICLE = ("vin", "plate", "plates", "brand", "series", "model", "model_year", "color", "mileage_km")
FAR = 1000
PAGE = 50


async def questions(kernel: Kernel, actor: Actor, rows: int, dealerships: int) -> list[Question]:
    """Look-ups, the first page of a list and one far behind it, as dealership 0 asks them."""
    recorder = kernel.db.reader = _Recorder(kernel.db.reader)
    number = int(rows * 0.54321) // (dealerships * people.CAR_EVERY) * dealerships * people.CAR_EVERY
    cursor = await _far(kernel, actor, rows // dealerships)
    asked = [
        ("look-up by mobile", "customer", {"mobile": people.mobile_of(number)}),
        ("look-up by code", "customer", {"code": people.code_of(number)}),
        ("look-up by VIN", "vehicle", {"vin": people.vin_of(number)}),
        ("look-up by plate", "vehicle", {"plate": people.plate_of(number)}),
        ("list", "customer", {}),
        ("far page", "customer", {"cursor": cursor}),
    ]
    found = []
    for name, entity_name, filters in asked:
        entity = kernel.service("records").entity(entity_name)
        given = {**filters, "fields": ",".join(CUSTOMER if entity_name == "customer" else VEHICLE)}
        found.append(await _question(kernel, actor, recorder, name, entity, given))
    return found


async def _far(kernel: Kernel, actor: Actor, rows: int) -> str:
    """The cursor of page 1,000, or of the last whole page where there are fewer."""
    cursor = None
    for _page in range(min(FAR, rows // PAGE - 1) - 1):
        page = await kernel.service("records").list(
            actor, "customer", Query(fields=("code",), cursor=cursor, limit=PAGE)
        )
        cursor = page.next
    return str(cursor)


class _Recorder:
    """Remembers the last statement."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.last: tuple[str, tuple[Any, ...]] = ("", ())

    async def fetch(self, prepared: Prepared, arguments: tuple[Any, ...]) -> RawRows:
        self.last = prepared.sql, arguments
        return await self._reader.fetch(prepared, arguments)

    async def close(self) -> None:
        await self._reader.close()


async def _question(
    kernel: Kernel, actor: Actor, recorder: _Recorder, name: str, entity: Entity, given: dict[str, str]
) -> Question:
    records = kernel.service("records")
    page = await records.list(actor, entity, await parse_query(records, actor, entity, given))
    sql, arguments = recorder.last
    names = list(type(page.items[0]).__struct_fields__)
    types = [entity.model.__table__.c[column].type for column in names]
    encrypted = {place: type_ for place, type_ in enumerate(types) if isinstance(type_, Encrypted)}
    path = f"/api/v1/{entity.plural}?{urlencode(given, safe=',')}"
    return Question(
        name=name,
        path=path,
        sql=sql,
        arguments=[written(argument) for argument in arguments],
        names=names,
        opened={place: type_.context for place, type_ in encrypted.items()},
        masked={place: names[place] for place in encrypted},
        json=_places(types, Json),
        bools=_places(types, Boolean),
        next=page.next,
    )


def _places(types: Sequence[Any], wanted: type[Any]) -> list[int]:
    return [place for place, type_ in enumerate(types) if isinstance(type_, wanted)]


def written(argument: Any) -> tuple[str, str]:
    """A bound value with its type, so that the floor can bind the same."""
    if isinstance(argument, UUID):
        return "uuid", str(argument)
    if isinstance(argument, datetime):
        return "time", argument.isoformat()
    return ("number" if isinstance(argument, int) else "text"), str(argument)


def searches(rows: int, dealerships: int) -> dict[str, str]:
    """What people type into the search box: words that one record fits, and some that many do."""
    number = int(rows * 0.54321) // (dealerships * people.CAR_EVERY) * dealerships * people.CAR_EVERY
    name = people.name_of(number + dealerships)
    return {
        "name": name,
        "two-character name": people.name_of(number),
        "pinyin initials": "wwj",
        "part of a mobile": people.mobile_of(number)[3:9],
        "last four of a mobile": people.mobile_of(number)[-4:],
        "last six of a VIN": people.vin_of(number)[-6:],
        "plate": people.plate_of(number),
        "code": people.code_of(number),
        "nobody": "欧阳",
    }
