"""The same day's work without a mouse."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import sample


def tab_to(page: Page, selector: str, most: int = 160) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    for _step in range(most):
        if page.evaluate("s => Boolean(document.activeElement?.matches(s))", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab")


def focus_visible(page: Page) -> bool:
    shown: bool = page.evaluate(
        """() => { const s = getComputedStyle(document.activeElement);
        return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; }"""
    )
    return shown


def test_the_first_tab_skips_to_the_content(page: Page) -> None:
    page.goto("/customers")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "crm-skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_search_open_edit_note_task_delete_and_undo_without_a_mouse(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("n")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/new")
    tab_to(page, "[name=name]")
    assert focus_visible(page)
    page.keyboard.type("皇甫岚")
    tab_to(page, "[name=mobile]")
    page.keyboard.type("13911239901")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("皇甫岚")

    page.keyboard.press("Control+k")
    page.keyboard.type("皇甫")
    expect(page.get_by_role("option", selected=True)).to_contain_text("皇甫岚")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("皇甫岚")

    tab_to(page, "#next-steps button")
    page.keyboard.press("Enter")
    expect(page.locator("#crm-dialog [name=title]")).to_be_focused()
    page.keyboard.type("下周回访")
    page.keyboard.press("Enter")
    expect(page.locator("#next-steps")).to_contain_text("下周回访")

    tab_to(page, "#composer-body")
    page.keyboard.type("来电询价")
    tab_to(page, "#composer button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("#timeline-entries")).to_contain_text("来电询价")

    page.goto("/customers")
    page.keyboard.press("j")
    expect(page.locator("#list tbody tr").first).to_be_focused()
    expect(page.locator("#list tbody tr").first).to_contain_text("皇甫岚")
    page.keyboard.press("Shift+F10")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator("#crm-confirm-reason")).to_be_focused()
    page.keyboard.type("测试")
    tab_to(page, "#crm-confirm [data-part=go]")
    page.keyboard.press("Enter")
    rows = page.locator("#list tbody tr", has_text="皇甫岚")
    expect(rows).to_have_count(0)
    tab_to(page, "#crm-toasts button:not([data-close])", most=200)
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)


def test_a_row_is_edited_and_left_unchanged_by_keys(page: Page) -> None:
    page.goto(f"/customers?q={sample.NAME}")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_url(re.compile("/edit$"))
    tab_to(page, ".crm-form-foot a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(sample.NAME)


def test_escape_closes_what_is_open_and_the_focus_returns(page: Page) -> None:
    page.goto("/customers")
    tab_to(page, "[data-open-dialog=filter]")
    page.keyboard.press("Enter")
    expect(page.locator("dialog#filter")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#filter")).to_be_hidden()
    expect(page.locator("[data-open-dialog=filter]")).to_be_focused()
