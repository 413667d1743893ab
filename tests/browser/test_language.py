"""Every word on the pages went through the catalogues, and a Chinese reader meets no English."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route

from tests.browser.conftest import OpenPage
from tests.browser.places import DOOR, menu_places, record_place

TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    const given = `script, style, template, kbd, code, option:not([data-word]), .crm-brand-name,
      td, dd, [lang]`;
    if (holder.closest(given) || !holder.checkVisibility()) continue;
    found.push(walker.currentNode.textContent.trim());
  }
  for (const one of document.querySelectorAll("[aria-label], [placeholder], [title]")) {
    if (one.closest("tbody, template")) continue;
    for (const name of ["aria-label", "placeholder", "title"]) {
      if (one.checkVisibility() && one.hasAttribute(name)) found.push(one.getAttribute(name).trim());
    }
  }
  return [...new Set(found.filter(Boolean))];
}"""

PROPER = (
    "Forecourt|VIN|CSV|XLSX|API|IP|URL|ID|Ctrl|Enter|Esc|VIP|SMS|SMTP|CRM|PDF|JSON|UTF-8|GB18030|HTTP|Excel|km|"
    "SUV|MPV|Casbin|KH|WeChat|admin|default|demo"
)
ENGLISH = re.compile(rf"\b(?!(?:{PROPER})\b)[A-Za-z]{{2,}}")
BRACKETED = re.compile(r"⟦[^⟦⟧]*(?:⟦[^⟦⟧]*⟧[^⟦⟧]*)*⟧")


def texts(page: Page) -> list[str]:
    page.wait_for_load_state("load")
    found: list[str] = page.evaluate(TEXTS)
    return found


def left_over(page: Page, places: list[str]) -> list[str]:
    """Texts with English outside the brackets of the pseudo-language, and where they stand."""
    found = []
    for place in places:
        page.goto(place)
        found += [f"{place}: {text}" for text in texts(page) if ENGLISH.search(BRACKETED.sub("", text))]
    return found


def test_a_chinese_reader_meets_no_english(open_page: OpenPage) -> None:
    page = open_page()
    record = record_place(page, "customers")
    found = left_over(page, [*menu_places(page), record, f"{record}/edit", f"{record}/history"])
    found += left_over(open_page(storage_state=None), list(DOOR))
    assert not found, "\n".join(found)


def test_nothing_on_the_door_stands_outside_the_catalogues(open_page: OpenPage) -> None:
    page = open_page(storage_state=None)

    def pseudo(route: Route) -> None:
        route.continue_(headers={**route.request.headers, "accept-language": "qps"})

    page.route("**/*", pseudo)
    page.goto("/login")
    assert page.locator("h1").inner_text().startswith("⟦")
    assert not left_over(page, list(DOOR))
