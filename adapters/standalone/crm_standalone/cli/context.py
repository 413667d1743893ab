"""What every command works with: settings, the kernel, who acts and where, and how to answer."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from crm_kernel.errors import CrmError, Forbidden
from crm_kernel.i18n import catalogues, readable, translate
from crm_kernel.settings import Settings
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.access.store import Shop
    from crm_kernel.actor import Actor
    from crm_kernel.kernel import Kernel

_ = messages("standalone")


DEFAULT_URL = "http://127.0.0.1:8000"


class Usage(CrmError):
    """The command was given wrongly: exit code 2."""

    code = "usage"


class Context:
    """One call of the command line."""

    def __init__(
        self,
        *,
        home: str | None = None,
        dealership: str | None = None,
        as_user: str | None = None,
        locale: str = "zh-CN",
        json: bool = False,
    ) -> None:
        self._home = home
        self._dealership = dealership
        self._as_user = as_user
        self.locale = locale
        self.json = json

    @cached_property
    def settings(self) -> Settings:
        """Settings from the environment and the file; `--home` wins."""
        return Settings.load(home=self._home) if self._home else Settings.load()

    @cached_property
    def kernel(self) -> Kernel:
        """The booted kernel; opens nothing yet."""
        from crm_standalone.boot import boot

        kernel = boot(self.settings)
        catalogues.add_plugins(kernel)
        return kernel

    @property
    def acts_as_somebody(self) -> bool:
        """Whether `--as` names a person."""
        return self._as_user is not None

    def include(self, module: str) -> None:
        """Load a module although it is not chosen to run. To be called before the kernel is asked for."""
        chosen = self.settings.plugins
        if chosen is not None and module not in chosen:
            self.settings = replace(self.settings, plugins=(*chosen, module))

    def serve_at(self, host: str, port: int) -> None:
        """Without a public address of its own, the installation is found where it listens."""
        if self.settings.public_url == DEFAULT_URL:
            shown = f"[{host}]" if ":" in host else host
            self.settings = replace(self.settings, public_url=f"http://{shown}:{port}")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Kernel]:
        """The kernel between start and stop, without the modules whose tables are not up to date.

        Raises Usage when it is the kernel's own that are not.
        """
        from crm_kernel.assembly import lay_aside_pending
        from crm_standalone.boot import NEEDED

        kernel = self.kernel
        waiting = await lay_aside_pending(kernel, NEEDED)
        if NEEDED & set(waiting):
            await kernel.db.close()
            raise Usage(_("The database is not up to date. Run `crm db upgrade` first."), code="pending")
        for name in waiting:
            self.warn(_("Tables of {name} are not up to date. Run `crm db upgrade`.")(name=name))
        async with kernel.running():
            yield kernel

    async def actor(self, kernel: Kernel, *, everywhere: bool = False) -> Actor:
        """Who acts: the user named by `--as`, else the super administrator, in the chosen dealership.

        `everywhere` allows a super administrator without a dealership. Raises Usage when there are several
        dealerships and none was chosen.
        """
        if self._as_user:
            return await self._named(kernel, self._as_user)
        shop = await self.dealership(kernel, needed=not everywhere)
        return await kernel.access.operator(shop.id if shop else None, locale=self.locale)

    async def master(self, kernel: Kernel) -> Actor:
        """Who acts on the installation itself: the shell's own operator, or a super administrator (`--as`).

        Raises Forbidden for anybody else.
        """
        actor = await self.named(kernel)
        if not actor.grants.super:
            raise Forbidden("installation")
        return actor

    async def named(self, kernel: Kernel) -> Actor:
        """Whoever `--as` names, else the shell's own operator."""
        return await self._named(kernel, self._as_user) if self._as_user else await kernel.access.operator()

    async def _named(self, kernel: Kernel, name: str) -> Actor:
        from crm_standalone.accounts.lookup import staff_of

        shop = await self.dealership(kernel, needed=False) if self._dealership else None
        return await kernel.access.actor(
            await staff_of(kernel, name), shop.id if shop else None, via="cli", locale=self.locale
        )

    async def dealership(self, kernel: Kernel, *, needed: bool = True) -> Shop | None:
        """The dealership chosen by code, or the only one."""
        shops = await kernel.access.store.shops()
        if self._dealership:
            found = next((shop for shop in shops if shop.code == self._dealership), None)
            if found is None:
                raise Usage(_("There is no dealership {code}.")(code=self._dealership))
            return found
        if len(shops) == 1:
            return shops[0]
        if not needed:
            return None
        if not shops:
            raise Usage(_("There is no dealership yet. Run `crm db upgrade` first."))
        raise Usage(_("There are several dealerships. Name one with --dealership."))

    # Answering

    def say(self, text: Text | str) -> None:
        """A message for a person: on standard error when standard output is a document."""
        print(translate(text, self.locale), file=sys.stderr if self.json else sys.stdout)

    def warn(self, text: Text | str) -> None:
        """A message that is always on standard error."""
        print(translate(text, self.locale), file=sys.stderr)

    def answer(self, document: Any, text: Text | str | None = None) -> None:
        """The result: the document with `--json`, else the text (or the document, laid out)."""
        encoded = msgspec.json.encode(readable(document, self.locale), enc_hook=str)
        if self.json:
            sys.stdout.buffer.write(encoded + b"\n")
            sys.stdout.buffer.flush()
        elif text is not None:
            print(translate(text, self.locale))
        else:
            print(msgspec.json.format(encoded, indent=2).decode())


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows under each other in columns, wide characters counted as two."""
    from unicodedata import east_asian_width

    def width(cell: str) -> int:
        return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in cell)

    widths = [max(map(width, column)) for column in zip(*rows, strict=True)] if rows else []
    lines = []
    for row in rows:
        cells = [cell + " " * (widths[i] - width(cell)) for i, cell in enumerate(row)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
