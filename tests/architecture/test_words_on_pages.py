"""In the pseudo-language every wording stands in brackets: whatever has none went past the catalogues."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from zoneinfo import available_timezones

import httpx
import pytest

from crm_kernel.contributions import Entity, Job
from crm_kernel.testing.gatekeeper import Gatekeeper
from crm_kernel.testing.rows import MARK, RowMaker
from crm_kernel.web.routes import served
from crm_standalone import plugin as accounts
from crm_standalone.pages.product import product

PROPER = (
    "Forecourt|VIN|CSV|XLSX|API|IP|URL|ID|Ctrl|Enter|Esc|VIP|SMS|SMTP|CRM|PDF|JSON|UTF|GB18030|HTTP|Excel|km|"
    "SUV|MPV|Casbin|WeChat|CNY"
)
WORD = re.compile(rf"\b(?!(?:{PROPER})\b)[A-Za-z]{{2,}}")
BRACKETED = re.compile(r"⟦[^⟦⟧]*(?:⟦[^⟦⟧]*(?:⟦[^⟦⟧]*⟧[^⟦⟧]*)*⟧[^⟦⟧]*)*⟧")
DATA = re.compile(rf"{MARK[:5]}\w*|[0-9a-f]{{8}}-[0-9a-f-]{{27}}|https?://\S+")
GIVEN = {"script", "style", "template", "kbd", "code", "pre", "svg", "time", "td", "dd", "textarea"}
"""Elements that hold what people or programs wrote."""
EMPTY = {"input", "br", "hr", "img", "meta", "link", "source", "wbr", "col", "path", "use"}
SPOKEN = ("aria-label", "placeholder", "title", "data-confirm", "data-label", "alt")
LANGUAGES = ("English", "中文")
"""Each in its own words."""


class Words(HTMLParser):
    """What a page says in its own voice."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        quiet = tag in GIVEN or ("lang" in given and tag != "html") or "data-value" in given
        if not self._quiet():
            self.found += [given[name] or "" for name in SPOKEN if name in given]
        if tag not in EMPTY:
            self._open.append((tag, quiet))

    def handle_endtag(self, tag: str) -> None:
        while self._open and any(name == tag for name, _quiet in self._open):
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._quiet():
            self.found.append(data.strip())

    def _quiet(self) -> bool:
        return any(quiet for _tag, quiet in self._open)


def left_over(html: str) -> Iterator[str]:
    """Texts of a page with words outside the brackets."""
    page = Words()
    page.feed(html)
    for text in dict.fromkeys(page.found):
        rest = DATA.sub("", BRACKETED.sub("", text))
        if WORD.search(rest):
            yield text


@pytest.fixture
def doorman() -> Gatekeeper:
    return Gatekeeper()


@pytest.fixture
def kernel_overrides(doorman: Gatekeeper) -> dict[str, Any]:
    return {"identity": doorman}


@pytest.fixture
def kernel_modules() -> list[Any]:
    return [accounts]


def test_a_word_outside_the_catalogues_is_found() -> None:
    page = '<h1>⟦Records of ⟦Vehicle⟧⟧</h1><p>Oops</p><td>Passat</td><button title="Close">⟦Close⟧</button>'
    assert list(left_over(page)) == ["Oops", "Close"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_every_page_speaks_only_through_the_catalogues(kernel, doorman, admin, dealership) -> None:
    app = product(kernel, run_kernel=False)
    made = {}
    async with kernel.db.work(None) as work:
        rows = RowMaker(kernel, work, dealership.id, admin.id)
        for entity in kernel.registry.of(Entity):
            made[entity.name] = await rows.make(entity)
    doorman.actor = replace(admin, locale="qps", via="session")
    transport = httpx.ASGITransport(app=app, client=("192.0.2.7", 4000))
    headers = {"accept-language": "qps"}
    given = {*available_timezones(), *LANGUAGES, dealership.code}
    given |= {job.name for job in kernel.registry.of(Job)}
    wrong, seen = [], 0
    async with httpx.AsyncClient(transport=transport, base_url="http://crm.test", headers=headers) as reader:
        for path, method, _handler in served(app):
            if method != "GET" or path.startswith(("/api/", "/static", "/metrics", "/health")):
                continue
            entity = kernel.registry.entity(path.split("/")[1])
            if path == "/logout" or "{" in path.replace("{id:uuid}", "") or ("{" in path and entity is None):
                continue
            address = path.replace("{id:uuid}", str(made[entity.name]) if entity else "")
            answer = await reader.get(address)
            if answer.status_code == 200 and "html" in answer.headers["content-type"]:
                seen += 1
                wrong += [f"{path}: {text}" for text in left_over(answer.text) if text not in given]
            assert answer.status_code < 500, path
    assert seen > 60
    assert wrong == []
