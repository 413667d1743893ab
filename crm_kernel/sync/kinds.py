"""Which kinds of records may be pushed, and who takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_kernel.contributions import Importer, SyncKind
from crm_kernel.errors import NotFound
from crm_kernel.records.imports.importer import EntityImporter
from crm_kernel.sync.entities import EntityReceiver
from crm_kernel.sync.receiving import Receiver
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


def all_kinds(kernel: Kernel) -> list[SyncKind]:
    """The kinds of the running modules, in the order in which they may refer to each other."""
    return sorted(kernel.registry.of(SyncKind), key=lambda kind: (kind.order, kind.name))


def find_kind(kernel: Kernel, name: str) -> SyncKind:
    """A kind by its name, with underscores or hyphens. Raises NotFound."""
    plain = name.replace("-", "_")
    for kind in kernel.registry.of(SyncKind):
        if kind.name == plain:
            return kind
    raise NotFound(_("Nothing called {kind} can be synchronised.")(kind=name))


def receiver_of(kernel: Kernel, kind: SyncKind) -> Receiver:
    """Who takes the rows: what the module brought, or the importer of the entity."""
    made = kind.factory(kernel) if kind.factory is not None else _importer(kernel, kind)
    return EntityReceiver(made) if isinstance(made, EntityImporter) else made


def _importer(kernel: Kernel, kind: SyncKind) -> EntityImporter:
    for declared in kernel.registry.of(Importer):
        if declared.entity == kind.entity:
            found: EntityImporter = declared.factory(kernel)
            return found
    entity = kernel.registry.entity(kind.entity)
    if entity is None:
        raise NotFound(_("Nothing called {kind} can be synchronised.")(kind=kind.name))
    return EntityImporter(kernel, entity)
