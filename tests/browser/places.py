"""Every page there is for a super administrator, so that a new one is looked at without being listed."""

from __future__ import annotations

from playwright.sync_api import Page

FURTHER = ("/customers/new", "/vehicles/new", "/imports", "/imports/new", "/tasks", "/profile")
DOOR = ("/login", "/apply", "/forgot-password")


def menu_places(page: Page) -> list[str]:
    """The addresses of the side menu, and the pages that hang below other places."""
    page.goto("/")
    links = page.locator("#crm-sidebar a[data-place]")
    found = [link.get_attribute("href") or "" for link in links.all()]
    assert len(found) > 10
    return list(dict.fromkeys([*found, *FURTHER]))


def record_place(page: Page, plural: str) -> str:
    """The address of the first record of a list."""
    page.goto(f"/{plural}")
    return page.locator("#list tbody tr[data-href]").first.get_attribute("data-href") or ""
