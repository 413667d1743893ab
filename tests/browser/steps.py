"""What people do again and again on the pages."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def search(page: Page, typed: str, place: str = "/customers") -> None:
    """Type into a list's own search box."""
    page.goto(place)
    with page.expect_response(lambda answer: "q=" in answer.url and answer.ok):
        page.locator("[data-list-search]").fill(typed)


def row(page: Page, text: str) -> Locator:
    """The rows of the list that say so."""
    return page.locator("#list tbody tr", has_text=text)


def open_record(page: Page, name: str) -> None:
    """Find a customer and open the page."""
    search(page, name)
    row(page, name).locator("td").nth(2).dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def add_customer(page: Page, name: str, mobile: str) -> None:
    """Add a customer through the form; the new one's page is open afterwards."""
    page.goto("/customers/new")
    page.locator("[name=name]").fill(name)
    page.locator("[name=mobile]").fill(mobile)
    page.locator("#record-form .crm-form-foot button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def choose(page: Page, name: str, typed: str) -> None:
    """Type into a field that searches, and take what it offers."""
    page.locator(f"select[name={name}] + .ts-wrapper input").fill(typed)
    page.locator(".ts-dropdown:visible .option", has_text=typed).first.click()


def take_step(page: Page, step: str, **facts: str) -> None:
    """Take a step of a record's flow from its page, with what its dialog asks for."""
    page.locator("#standing").get_by_role("button", name=step, exact=True).click()
    dialog = page.locator("#crm-dialog")
    expect(dialog).to_be_visible()
    for name, said in facts.items():
        field = dialog.locator(f"[name={name}]")
        if not field.evaluate("one => one.matches('select')"):
            field.fill(said)
        elif field.evaluate("one => 'combobox' in one.dataset"):
            choose(page, name, said)
        else:
            field.select_option(said)
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()
