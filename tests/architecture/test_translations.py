"""Every wording has its Chinese, in every module."""

from __future__ import annotations

import pytest

from crm_kernel.testing.catalogue import faults, load, save
from crm_kernel.testing.wordings import Domain, python_wordings, template_wordings
from tools.messages.extraction import domains

DOMAINS = domains()


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_everything_is_translated_into_chinese(domain: Domain) -> None:
    assert [(fault.what, fault.msgid) for fault in faults(domain)] == [], "run `make messages`"


def test_no_domain_has_two_homes() -> None:
    names = [domain.name for domain in DOMAINS]
    assert sorted(set(names)) == sorted(names)


def test_wordings_are_found_in_code_and_templates(tmp_path) -> None:
    code = tmp_path / "code.py"
    code.write_text(
        "from crm_kernel.text import messages\n_ = messages('garage')\n"
        "a = _('one')\nb = _('two '\n    'lines')\nc = translate_plural('car', 'cars', 2)\nd = str('no')\n",
        encoding="utf-8",
    )
    assert python_wordings(code) == ("garage", {"one", "two lines", ("car", "cars")})
    page = tmp_path / "page.html"
    page.write_text(
        "<p>{{ _('three') }}{% trans n=n %}{{ n }} left{% endtrans %}{{ ngettext('bay', 'bays', 2) }}</p>",
        encoding="utf-8",
    )
    assert set(template_wordings(page)) == {"three", "%(n)s left", ("bay", "bays")}


def test_a_missing_a_wrong_and_an_unused_translation_are_noticed(tmp_path) -> None:
    domain = Domain("garage", tmp_path, frozenset(("Car", "Bay {n}", ("wheel", "wheels"))))
    file = save(domain)
    assert {fault.what for fault in faults(domain)} == {"missing"}
    text = file.read_text(encoding="utf-8")
    text = text.replace('msgid "Car"\nmsgstr ""', 'msgid "Car"\nmsgstr "车"')
    text = text.replace('msgid "Bay {n}"\nmsgstr ""', 'msgid "Bay {n}"\nmsgstr "工位 {number}"')
    text = text.replace('msgstr[0] ""', 'msgstr[0] "轮"') + '\nmsgid "Gone"\nmsgstr "没了"\n'
    file.write_text(text, encoding="utf-8")
    assert [(fault.what, fault.msgid) for fault in faults(domain)] == [
        ("places", "Bay {n}"),
        ("unused", "Gone"),
    ]


def test_bringing_a_catalogue_up_to_date_keeps_what_was_translated(tmp_path) -> None:
    before = Domain("garage", tmp_path, frozenset(("Car",)))
    file = save(before)
    file.write_text(
        file.read_text(encoding="utf-8")
        .replace('msgstr ""\n', 'msgstr "车"\n')
        .replace('msgid ""\nmsgstr "车"', 'msgid ""\nmsgstr ""', 1),
        encoding="utf-8",
    )
    save(Domain("garage", tmp_path, frozenset(("Car", "Van"))))
    catalogue = load(file)
    assert catalogue.get("Car").string == "车"
    assert save(Domain("garage", tmp_path, frozenset(("Car", "Van")))).read_bytes() == file.read_bytes()
