"""The mirror filled as a whole: the host's pages are read as any other place, with ledger and watermark."""

from __future__ import annotations

from datetime import timedelta

from crm_embedded.directories import Master
from crm_embedded.host import Host
from crm_kernel.access.permitted import public
from crm_kernel.kernel import Kernel
from crm_kernel.sync import source_file
from crm_kernel.sync.kinds import all_kinds
from crm_kernel.sync.readers import Option, Place, Portion, ReaderFault
from crm_kernel.sync.readers.port import Watermark
from crm_kernel.sync.rows import EXTERNAL_ID
from crm_kernel.sync.sources import FEWEST_MINUTES, MOST_MINUTES, SourceDraft
from crm_kernel.text import Text, messages

_ = messages("embedded")

READER = "host"
SOURCE = "host"
"""What the host's ids belong to in the map of ids."""


class HostReader:
    """Offered as `sync_reader.host`: reads what the host gives page by page. For the job."""

    label: Text = _("host system")
    options = (
        Option("dealership", _("Dealership"), required=True),
        Option("entity", _("Records"), required=True),
    )
    secret: Text | None = None

    def __init__(self, kernel: Kernel) -> None:
        self._host: Host = kernel.service("host")

    @public
    def check(self, place: Place) -> None:
        """Raises ReaderFault for records of which the host gives no pages."""
        self._master(place)

    @public
    async def read(self, place: Place, watermark: Watermark) -> Portion:
        """The page after the watermark. Raises ReaderFault, and whatever the host does."""
        master = self._master(place)
        assert master.pages is not None  # noqa: S101 - _master() has seen to it
        page = await master.pages(place.get("dealership"), str(watermark.get("next", "")))
        rows = [{EXTERNAL_ID: one.id, **one.values, master.key: one.id} for one in page.records]
        return Portion(rows, {"next": page.next} if page.next else {}, page.more)

    def _master(self, place: Place) -> Master:
        for master in self._host.masters:
            if master.entity == place.get("entity") and master.pages is not None:
                return master
        raise ReaderFault(
            _("{host} gives no list of these records; this place is forgotten at the next start.")(
                host=self._host.name
            )
        )


async def describe(kernel: Kernel) -> None:
    """A managed place for each dealership and each master with pages; what is no longer one is forgotten."""
    host: Host = kernel.service("host")
    kinds = {kind.entity: kind.name for kind in reversed(all_kinds(kernel))}
    masters = [one for one in host.masters if one.pages is not None and one.entity in kinds]
    for shop in await kernel.access.store.shops():
        wanted = {}
        if shop.active:
            for master in masters:
                kind = kinds[master.entity]
                wanted[f"{host.name}: {kind}"] = _draft(host, master, kind, shop.code), ""
        await source_file.apply(kernel, shop.id, wanted, (READER,))


def _draft(host: Host, master: Master, kind: str, dealership: str) -> SourceDraft:
    minutes = round(master.every / timedelta(minutes=1))
    return SourceDraft(
        name=f"{host.name}: {kind}",
        source=SOURCE,
        kind=kind,
        reader=READER,
        minutes=min(max(minutes, FEWEST_MINUTES), MOST_MINUTES),
        options={"dealership": dealership, "entity": master.entity},
    )
