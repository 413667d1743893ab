"""`manage.py crm_uninstall`: take Forecourt's tables out of the database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm_embedded.django.management.kernel import with_kernel
from crm_kernel.administration.uninstall_store import uninstall
from crm_kernel.errors import CrmError
from crm_kernel.i18n import translate


class Command(BaseCommand):
    """The project's own tables stay as they are."""

    help = "Take all tables of Forecourt, with their data, out of the database."

    def add_arguments(self, parser: Any) -> None:
        """Django's usual way not to be asked."""
        parser.add_argument("--no-input", "--noinput", action="store_false", dest="interactive")

    def handle(self, *_args: Any, interactive: bool, **_options: Any) -> None:
        """Asks first. Raises CommandError when it may not be done."""
        if interactive and input("Delete all data of Forecourt? Type yes: ").strip() != "yes":
            raise CommandError("Nothing was done.")
        try:
            gone = with_kernel(uninstall)
        except CrmError as refused:
            raise CommandError(translate(refused.message)) from refused
        self.stdout.write(", ".join(gone))
