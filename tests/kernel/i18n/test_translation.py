"""Words in the reader's language."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from crm_kernel.i18n import (
    catalogues,
    current_locale,
    negotiate,
    set_locale,
    templates,
    translate,
    use_locale,
)
from crm_kernel.i18n.catalogues import Catalogues
from crm_kernel.i18n.translation import translate_plural
from crm_kernel.text import Text, messages

_ = messages("garage")

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Car of {owner}"
msgstr "{owner}的车"

msgid "owner"
msgstr "车主"

msgid "{count} car"
msgid_plural "{count} cars"
msgstr[0] "{count} 辆车"

msgid "Wash <b>now</b>"
msgstr "立即洗车 <b>!</b>"
"""


@pytest.fixture
def garage(tmp_path, monkeypatch) -> Path:
    folder = catalogue(tmp_path / "locale", "garage", PO)
    monkeypatch.setattr(catalogues, "_folder_of", dict(catalogues._folder_of))
    monkeypatch.setattr(catalogues, "_read", {})
    catalogues.add(folder)
    return folder


def catalogue(folder: Path, domain: str, text: str) -> Path:
    file = folder / "zh_CN" / "LC_MESSAGES" / f"{domain}.po"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return folder


def test_a_message_is_shown_in_chinese_and_in_english(garage) -> None:
    text = _("Car of {owner}")(owner="王芳")
    assert translate(text, "zh-CN") == "王芳的车"
    assert translate(text, "en") == "Car of 王芳"


def test_texts_inside_texts_are_translated_too(garage) -> None:
    assert translate(_("Car of {owner}")(owner=_("owner")), "zh-CN") == "车主的车"


def test_a_value_with_braces_is_shown_as_it_is(garage) -> None:
    assert translate(_("Car of {owner}")(owner="{owner.__class__}"), "zh-CN") == "{owner.__class__}的车"


def test_a_message_without_translation_stays_english(garage) -> None:
    assert translate(_("Unheard of"), "zh-CN") == "Unheard of"


def test_counts_follow_each_languages_own_rules(garage) -> None:
    words = ("{count} car", "{count} cars")
    assert [translate_plural(*words, n, "garage", "en") for n in (1, 2)] == ["1 car", "2 cars"]
    assert translate_plural(*words, 2, "garage", "zh-CN") == "2 辆车"


def test_a_later_module_cannot_reword_an_earlier_one(garage, tmp_path) -> None:
    catalogues.add(catalogue(tmp_path / "other", "garage", PO.replace("车主", "别的")))
    assert translate(_("owner"), "zh-CN") == "车主"


def test_a_damaged_catalogue_leaves_english_instead_of_an_error(tmp_path) -> None:
    folder = catalogue(tmp_path / "locale", "broken", 'msgid "a"\nmsgstr "b')
    assert Catalogues([folder]).of("broken", "zh-CN").gettext("a") in ("a", "b")


def test_templates_speak_their_modules_language(garage) -> None:
    environment = Environment(
        loader=DictLoader(
            {
                "garage/page.html": "{{ _('owner') }}|{{ ngettext('{count} car', '{count} cars', 3) }}|"
                "{% trans %}owner{% endtrans %}|{{ _('Wash <b>now</b>') }}|{{ text | translate }}",
            }
        ),
        autoescape=True,
    )
    templates.install(environment)
    with use_locale("zh-CN"):
        shown = environment.get_template("garage/page.html").render(text=_("owner"))
    assert shown == "车主|{count} 辆车|车主|立即洗车 <b>!</b>|车主"


def test_values_in_translated_sentences_of_templates_are_escaped(garage) -> None:
    environment = Environment(autoescape=True)
    templates.install(environment)
    shown = environment.from_string("{{ _('Hello %(name)s', name=name) }}").render(name="<script>")
    assert shown == "Hello &lt;script&gt;"


def test_in_the_pseudo_language_every_translated_wording_stands_in_brackets(garage) -> None:
    assert translate(_("Car of {owner}")(owner="王芳"), "qps") == "⟦Car of 王芳⟧"


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("fr, zh-Hans-CN;q=0.8, en;q=0.5", "zh-CN"),
        ("en;q=0, zh;q=0.1", "zh-CN"),
        ("fr", "zh-CN"),
        ("", "zh-CN"),
        ("en;q=nonsense", "zh-CN"),
        ("*" * 5000, "zh-CN"),
    ],
)
def test_the_browsers_languages_choose_among_ours(asked, given) -> None:
    assert negotiate(asked) == given


async def test_two_readers_at_once_each_keep_their_language() -> None:
    async def read(locale: str) -> str:
        set_locale(locale)
        await asyncio.sleep(0)
        return current_locale()

    assert await asyncio.gather(read("en"), read("zh-CN")) == ["en", "zh-CN"]


def test_a_plain_string_passes_unchanged() -> None:
    assert translate("VIN") == "VIN"
    assert str(Text("Hello {name}", "kernel", {"name": "x"})) == "Hello x"
