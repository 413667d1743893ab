"""Kernel and plugins as one set of versions: whether a plugin fits, and in plain words why it does not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

_ = messages("kernel")

REQUIREMENT = re.compile(r"(?P<name>[a-z][a-z0-9_]*)\s*(?P<range>.*)")


def required_name(requirement: str) -> str:
    """The plugin a requirement names: `customer` of `customer>=0.1,<0.2`."""
    found = REQUIREMENT.fullmatch(requirement.strip())
    return found["name"] if found else requirement


def misfit(
    requires: Sequence[str], kernel: str, running: Mapping[str, str], kernel_version: str
) -> Text | None:
    """Why a plugin cannot run beside the others, or None.

    `requires` are its requirements (`customer`, `customer>=0.1,<0.2`) and `kernel` its range, both PEP 440;
    `running` gives the versions of the plugins that run, by name.
    """
    try:
        if kernel and not _within(kernel_version, kernel):
            return _("made for a kernel {range}; this one is {version}")(range=kernel, version=kernel_version)
        absent = [name for one in requires if (name := required_name(one)) not in running]
        if absent:
            return _("requires {names}, which does not run")(names=", ".join(absent))
        for one in requires:
            name, wanted = required_name(one), _range(one)
            if wanted and not _within(running[name], wanted):
                return _("requires {name} {range}; installed is {version}")(
                    name=name, range=wanted, version=running[name]
                )
    except ValueError as fault:
        return _("names a version that cannot be read: {fault}")(fault=fault)
    return None


def _range(requirement: str) -> str:
    found = REQUIREMENT.fullmatch(requirement.strip())
    if found is None:
        raise ValueError(requirement)
    return found["range"].strip()


def _within(version: str, wanted: str) -> bool:
    return _specifiers(wanted).contains(version, prereleases=True)


def _specifiers(wanted: str) -> SpecifierSet:
    """Imported when the first plugin names a range: reading versions is not needed to start without any."""
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(wanted)
