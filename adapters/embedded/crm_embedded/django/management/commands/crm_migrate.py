"""`manage.py crm_migrate`: bring Forecourt's tables up to date."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm_embedded.django.management.kernel import with_kernel
from crm_kernel.assembly import prepare


class Command(BaseCommand):
    """Django's own tables are left to `manage.py migrate`."""

    help = "Bring Forecourt's tables up to date."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """One line per module. Raises CommandError when one failed."""
        reports = with_kernel(prepare)
        for report in reports:
            self.stdout.write(f"{report.plugin}: {report.revision or '-'} {report.state}")
        failed = [f"{report.plugin}: {report.fault}" for report in reports if report.state == "failed"]
        if failed:
            raise CommandError("\n".join(failed))
