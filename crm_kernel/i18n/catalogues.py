"""Catalogues: `locale/<language>/LC_MESSAGES/<domain>.po`, one domain per module, read when first needed."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

log = logging.getLogger("crm.i18n")

KERNEL_FOLDER = Path(__file__).parents[1] / "locale"


class Catalogues:
    """Finds the translations of a domain in a language.

    A domain belongs to the first folder that brings it, so that a later module cannot reword an earlier
    one. A catalogue that is missing or cannot be read gives the English wording.
    """

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        self._folder_of: dict[str, Path] = {}
        self._read: dict[tuple[str, str], NullTranslations] = {}
        for folder in folders:
            self.add(folder)

    def add(self, folder: Path) -> None:
        """Take the domains of a `locale` folder; those known already stay where they are."""
        for file in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            self._folder_of.setdefault(file.stem, folder)

    def add_package(self, module: object) -> None:
        """Take the `locale` folder that lies beside a module's file, if there is one."""
        file = getattr(module, "__file__", None)
        if file:
            self.add(Path(file).parent / "locale")

    def add_plugins(self, kernel: Kernel) -> None:
        """Take the folders of every running plugin, in boot order."""
        for plugin in kernel.plugins.running:
            if not plugin.builtin:
                self.add_package(plugin.module)

    @property
    def domains(self) -> list[str]:
        """Every domain that has a catalogue."""
        return sorted(self._folder_of)

    def __contains__(self, domain: str) -> bool:
        return domain in self._folder_of

    def load(self, locales: Iterable[str]) -> None:
        """Read everything now rather than at the first reader's expense."""
        for domain in self._folder_of:
            for locale in locales:
                self.of(domain, locale)

    def of(self, domain: str, locale: str) -> NullTranslations:
        """The translations of a domain; empty ones where there are none."""
        found = self._read.get((domain, locale))
        if found is None:
            found = self._read[domain, locale] = self._load(domain, locale)
        return found

    def _load(self, domain: str, locale: str) -> NullTranslations:
        folder = self._folder_of.get(domain)
        file = folder / locale.replace("-", "_") / "LC_MESSAGES" / f"{domain}.po" if folder else None
        if file is None or not file.is_file():
            return NullTranslations()
        compiled = BytesIO()
        try:
            with file.open("rb") as source:
                write_mo(compiled, read_po(source, locale=locale.replace("-", "_"), domain=domain))
        except (PoFileError, ValueError, OSError):
            log.exception("catalogue cannot be read", extra={"domain": domain, "locale": locale})
            return NullTranslations()
        compiled.seek(0)
        return GNUTranslations(compiled)


catalogues = Catalogues([KERNEL_FOLDER])
"""The process's catalogues. They hold wording only, so that all kernels of a process may share them."""
