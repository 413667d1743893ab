"""Reading and writing catalogues so that they change only where a wording does."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from crm_kernel.testing.wordings import Domain, Msgid, places

LOCALE = "zh_CN"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one translation: `missing`, `fuzzy`, `places` or `unused`."""

    domain: str
    msgid: Msgid
    what: str


def load(file: Path, locale: str = LOCALE) -> Catalog:
    """A catalogue; empty when there is none yet."""
    if not file.is_file():
        return Catalog(locale=locale, fuzzy=False)
    with file.open("rb") as source:
        return read_po(source, locale=locale)


def merged(domain: Domain) -> Catalog:
    """The domain's wordings with the translations there are; those nobody uses are dropped."""
    known = load(domain.file(LOCALE))
    fresh = Catalog(locale=LOCALE, domain=domain.name, fuzzy=False, charset="utf-8")
    for msgid in sorted(domain.msgids, key=lambda one: one if isinstance(one, str) else one[0]):
        old = known.get(msgid if isinstance(msgid, str) else msgid[0])
        fresh.add(msgid, old.string if old is not None and type(old.id) is type(msgid) else None)
    return fresh


def save(domain: Domain) -> Path:
    """Write the merged catalogue; no dates, no line numbers."""
    file = domain.file(LOCALE)
    file.parent.mkdir(parents=True, exist_ok=True)
    rendered = BytesIO()
    write_po(rendered, merged(domain), omit_header=True, width=110, sort_output=True)
    file.write_bytes(HEADER + rendered.getvalue())
    return file


HEADER = b"""msgid ""
msgstr ""
"Language: zh_CN\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


def faults(domain: Domain, locale: str = LOCALE) -> list[Fault]:
    """Everything a reader of the language would stumble over, and translations nobody uses any more."""
    catalogue = load(domain.file(locale), locale)
    found = []
    for msgid in domain.msgids:
        entry = catalogue.get(msgid if isinstance(msgid, str) else msgid[0])
        wording = "" if entry is None else _single(entry.string)
        if entry is None or not wording:
            found.append(Fault(domain.name, msgid, "missing"))
        elif entry.fuzzy:
            found.append(Fault(domain.name, msgid, "fuzzy"))
        elif places(wording) - places(msgid if isinstance(msgid, str) else "".join(msgid)):
            found.append(Fault(domain.name, msgid, "places"))
    wanted = {msgid if isinstance(msgid, str) else msgid[0] for msgid in domain.msgids}
    found += [
        Fault(domain.name, _single(entry.id), "unused")
        for entry in catalogue
        if entry.id and _single(entry.id) not in wanted
    ]
    return sorted(found, key=lambda fault: (fault.what, str(fault.msgid)))


def _single(text: object) -> str:
    if isinstance(text, str):
        return text
    return str(text[0]) if isinstance(text, tuple | list) and text else ""
