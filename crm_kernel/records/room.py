"""The parts of this room that its services share, made once per kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_kernel.records.blind import BlindIndexes
from crm_kernel.records.custom_fields import CustomFields
from crm_kernel.records.dealerships import DealershipDirectory
from crm_kernel.records.dictionaries import Dictionaries
from crm_kernel.records.imports.growth import Growth
from crm_kernel.records.listings import Listings
from crm_kernel.records.observer import RecordObserver
from crm_kernel.records.reading import RecordReader
from crm_kernel.records.search.documents import Documents
from crm_kernel.records.search.finder import Finder
from crm_kernel.records.search.observer import SearchObserver
from crm_kernel.records.tags import Tags
from crm_kernel.records.validation import Validator
from crm_kernel.records.writer import RecordWriter

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


class RecordRoom:
    """Offered as `records_room` to the kernel's own code and to modules that write records themselves.

    It checks no rights: `writer` and `documents` belong inside a guarded service method.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.directory = DealershipDirectory(kernel.db, kernel.clock)
        self.custom_fields = CustomFields(kernel)
        self.tags = Tags(kernel)
        self.dictionaries = Dictionaries(kernel)
        self.blind = BlindIndexes(kernel)
        self.documents = Documents(kernel.keys, self.directory, phone_parts=kernel.settings.phone_parts)
        self.finder = Finder(kernel.db, self.documents, self.directory)
        self.listings = Listings(kernel.keys, self.blind, self.directory)
        self.reader = RecordReader(kernel, self.directory, self.custom_fields, self.listings, self.finder)
        self.validator = Validator(kernel, self.custom_fields, self.dictionaries, self.tags)
        self.growth = Growth(kernel)
        self.writer = RecordWriter(kernel, self.validator, self.directory)
        kernel.db.observe(RecordObserver(kernel, self.blind))
        kernel.db.observe(SearchObserver(kernel, self.documents))


def room_of(kernel: Kernel) -> RecordRoom:
    """The kernel's room."""
    found: RecordRoom = kernel.service("records_room")
    return found
