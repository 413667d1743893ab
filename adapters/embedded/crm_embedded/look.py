"""How Forecourt looks inside a host: its colours and fonts, its name, or its whole page frame."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from crm_kernel.access.permitted import public
from crm_kernel.errors import ConfigurationError
from crm_kernel.text import messages

if TYPE_CHECKING:
    from markupsafe import Markup

    from crm_kernel.actor import Actor

_ = messages("embedded")

VARIABLE = re.compile(r"--(crm|tblr)-[a-z0-9-]+")
VALUE = re.compile(r"[^;{}<>\\]{1,300}")


@dataclass(frozen=True, slots=True)
class PageParts:
    """A page of ours, for the host to put into its own frame.

    `head` goes into the host's <head>, `body` where its content stands; `menu` are groups with `label` and
    `items` (label, url, icon, active, badge). `nonce` opens the page's content policy to inline styles.
    """

    title: str
    head: Markup
    body: Markup
    menu: Sequence[Any]
    actor: Actor
    nonce: str
    scope: Mapping[str, Any]


Frame = Callable[[PageParts], str]
"""Draws the host's page around ours; gives the whole HTML document."""


@dataclass(frozen=True)
class Look:
    """`variables` are CSS custom properties (`--crm-accent`, `--tblr-font-sans-serif`) with their values;
    `light-dark(a, b)` gives one for each theme. `frame` replaces our menus and bars by the host's.
    """

    brand: str = "Forecourt"
    variables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    frame: Frame | None = None

    def __post_init__(self) -> None:
        for name, value in self.variables.items():
            if not VARIABLE.fullmatch(name) or not VALUE.fullmatch(value):
                raise ConfigurationError(_("The look has an unusable variable: {name}")(name=name))

    @public
    def draw(self, **parts: Any) -> str:
        """The host's page around ours; open, since the page itself was permitted."""
        if self.frame is None:
            raise ConfigurationError(_("The host gave no page frame."))
        return self.frame(PageParts(**parts))

    @public
    def style(self) -> str:
        """The variables as a style sheet; open, since every page carries it."""
        pairs = "".join(f"{name}:{value};" for name, value in self.variables.items())
        return f":root,:host{{{pairs}}}" if pairs else ""
