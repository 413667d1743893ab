"""Places other systems leave their records at: each kind of place is read by a file here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_kernel.sync.readers.database import DatabaseReader
from crm_kernel.sync.readers.folder import FolderReader
from crm_kernel.sync.readers.port import Option, Place, Portion, Reader, ReaderFault
from crm_kernel.sync.readers.rest import RestReader

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

READERS: dict[str, type[Reader]] = {"folder": FolderReader, "sql": DatabaseReader, "rest": RestReader}
"""Those that people may set up. An adapter offers further ones, for places which it describes itself, as
services `sync_reader.<name>`."""


def reader_of(kernel: Kernel, name: str) -> Reader | None:
    """The reader of a kind of place; None for one that nobody here reads."""
    if name in READERS:
        return READERS[name](kernel)
    service = f"sync_reader.{name}"
    offered: Reader | None = kernel.service(service) if kernel.offers(service) else None
    return offered


__all__ = ["READERS", "reader_of", "Option", "Place", "Portion", "Reader", "ReaderFault"]
