"""What an upgrade leaves in the change log: which tables went from where to where, and who did it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_kernel.actor import Actor
    from crm_kernel.dal.migrate import MigrationReport
    from crm_kernel.kernel import Kernel


async def note_upgrades(
    kernel: Kernel, actor: Actor, before: Sequence[MigrationReport], after: Sequence[MigrationReport]
) -> None:
    """One entry for each module whose tables moved. To be called when all are up."""
    was = {report.plugin: report.revision for report in before}
    moved = [report for report in after if report.state == "upgraded"]
    if not moved:
        return
    async with kernel.db.work(actor, now=kernel.clock.now()) as work:
        for report in moved:
            kernel.service("audit").noted(
                work,
                "upgraded",
                "module",
                None,
                {"revision": was.get(report.plugin, "")},
                {"name": report.plugin, "revision": report.revision},
            )
