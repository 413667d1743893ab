"""Words: every one of them in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from crm_kernel.testing.catalogue import faults
from crm_kernel.testing.contract.check import Level, check
from crm_kernel.testing.contract.subject import Subject
from crm_kernel.testing.wordings import domains
from crm_kernel.text import messages

_ = messages("kernel")
ENGLISH = re.compile(r"[A-Za-z]{3}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@check(Level.SILVER, _("Every wording is translated into Chinese"))
async def translated_chinese(subject: Subject) -> Sequence[str]:
    """What code and templates mark stands in `locale/zh_CN/LC_MESSAGES/<domain>.po`."""
    return [
        f"{domain.name}: {fault.what}: {fault.msgid}"
        for domain in domains([subject.package])
        for fault in faults(domain)
    ]


@check(Level.SILVER, _("Every wording can be read in English"))
async def translated_english(subject: Subject) -> Sequence[str]:
    """The wording itself is English, or `locale/en` holds one."""
    return [
        f"{domain.name}: {fault.what}: {fault.msgid}"
        for domain in domains([subject.package])
        for fault in faults(domain, "en")
        if fault.what != "unused"
        and CHINESE.search(str(fault.msgid))
        and not ENGLISH.search(str(fault.msgid))
    ]


@check(Level.SILVER, _("Every label goes through the catalogue"))
async def labels_marked(subject: Subject) -> Sequence[str]:
    """A plain string as a label is one nobody can translate."""
    found = []
    for value in subject.plugin.contributions:
        where = f"{type(value).__name__} {getattr(value, 'name', '')}".strip()
        found += [f"{where}: {name} is a plain string: {text!r}" for name, text in _labels(value)]
    return found


def _labels(value: Any) -> Iterator[tuple[str, str]]:
    if not is_dataclass(value):
        return
    for one in fields(value):
        held = getattr(value, one.name)
        if "Text" in str(one.type) and isinstance(held, str):
            yield one.name, held
        elif isinstance(held, tuple):
            for inner in held:
                yield from _labels(inner)
