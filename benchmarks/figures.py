"""A figure beside its aim, as a line of a Markdown table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured. `least` is an aim to reach, `most` one to stay below; without either it informs."""

    name: str
    value: float
    unit: str
    least: float | None = None
    most: float | None = None
    note: str = ""

    @property
    def missed(self) -> bool:
        """Whether it falls short of its aim."""
        return (self.least is not None and self.value < self.least) or (
            self.most is not None and self.value > self.most
        )

    def line(self) -> str:
        """The line of the table."""
        aim = "" if self.least is None else f">= {_shown(self.least, self.unit)}"
        aim = aim if self.most is None else f"<= {_shown(self.most, self.unit)}"
        verdict = "**missed**" if self.missed else ""
        return f"| {self.name} | {_shown(self.value, self.unit)} | {aim} | {verdict} | {self.note} |"


def _shown(value: float, unit: str) -> str:
    if unit == "%":
        return f"{value:.0%}"
    return f"{value:,.{0 if value >= 100 else 1 if value >= 10 else 2}f} {unit}"


def heading(title: str) -> str:
    """The beginning of a table."""
    return f"\n| {title} | figure | aim | | |\n|---|---|---|---|---|"


def report(title: str, figures: Sequence[Figure]) -> int:
    """Print a table; returns how many aims were missed."""
    print(heading(title))
    for figure in figures:
        print(figure.line(), flush=True)
    return sum(figure.missed for figure in figures)
