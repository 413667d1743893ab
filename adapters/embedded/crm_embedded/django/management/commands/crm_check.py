"""`manage.py crm_check`: what may be wrong with Forecourt in this project."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm_embedded.django.management.kernel import with_kernel
from crm_embedded.product import product
from crm_kernel.checks.installation import Finding, deployment_findings, findings
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel


class Command(BaseCommand):
    """Modules, tables, assets and settings; with `--deploy` also what is too open for production."""

    help = "Say what may be wrong with Forecourt."

    def add_arguments(self, parser: Any) -> None:
        """The one option."""
        parser.add_argument("--deploy", action="store_true")

    def handle(self, *_args: Any, deploy: bool, **_options: Any) -> None:
        """Raises CommandError when there is something to mend."""

        async def look(kernel: Kernel) -> list[Finding]:
            found = await findings(kernel, product)
            return found + (await deployment_findings(kernel) if deploy else [])

        found = with_kernel(look)
        for one in found:
            self.stderr.write(f"{one.subject}: {translate(one.message)}")
        if found:
            raise CommandError(f"{len(found)}")
        self.stdout.write("ok")
