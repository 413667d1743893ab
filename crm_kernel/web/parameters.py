"""What handlers may ask for by parameter: `actor: CurrentActor`, `id: RecordId`, `name: PathWord`."""

from __future__ import annotations

from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from crm_kernel.actor import Actor

CurrentActor = NamedDependency[Actor]
"""The person behind the request; the parameter must be called `actor`."""

RecordId = FromPath[UUID]
"""An id in the path."""
PathWord = FromPath[str]
"""A name in the path."""

__all__ = ["CurrentActor", "FromPath", "FromQuery", "PathWord", "RecordId"]
