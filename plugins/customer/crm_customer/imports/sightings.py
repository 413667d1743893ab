"""Who was seen with what: tells rows that share a number, a plate or a birthday with another record."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from uuid import UUID

from crm_customer.trade.periods import Period, holds, meet


class Sightings:
    """Records by a sign they carry (a fingerprint, a plate), from the database and from rows before."""

    def __init__(self) -> None:
        self._first: dict[Hashable, UUID] = {}
        self._shared: set[Hashable] = set()
        """Signs of several records."""

    def add(self, found: Iterable[tuple[Hashable, UUID]]) -> None:
        """Take what the database knows."""
        for sign, record_id in found:
            self._meets(sign, record_id)

    def meets_another(self, signs: Iterable[Hashable], record_id: UUID) -> bool:
        """Whether another record carries one of these signs; the record counts as seen from now on."""
        met = False
        for sign in signs:
            met |= self._meets(sign, record_id)
        return met

    def _meets(self, sign: Hashable, record_id: UUID) -> bool:
        first = self._first.setdefault(sign, record_id)
        if first is not record_id and first != record_id:
            self._shared.add(sign)
            return True
        return sign in self._shared


class PlatesSeen:
    """When cars carried which plates, from the database and from rows before."""

    def __init__(self) -> None:
        self.own: set[UUID] = set()
        """Cars that rows have spoken of: what the database knew of them no longer counts."""
        self._plates: dict[str, dict[UUID, list[Period]]] = {}

    def add(self, plate: str, vehicle: UUID, period: Period) -> str | None:
        """Take a period in. `plate` where another car carries the plate too, `plate_period` where one
        carried it in the same time, else None.
        """
        cars = self._plates.setdefault(plate, {})
        cars.setdefault(vehicle, []).append(period)
        met = [p for car, held in cars.items() if car != vehicle for p in held if meet(p, period)]
        if not met:
            return None
        return "plate" if holds(period) and any(holds(p) for p in met) else "plate_period"
