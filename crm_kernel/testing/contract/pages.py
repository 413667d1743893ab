"""Pages: unique addresses that answer, in both languages, without anything a strict browser refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from html.parser import HTMLParser
from uuid import UUID

from crm_kernel.contributions import MenuItem, Panel, Report, SearchAction
from crm_kernel.errors import NotFound
from crm_kernel.testing.chromium import find_browser
from crm_kernel.testing.contract.check import Level, Unchecked, check
from crm_kernel.testing.contract.reach import records
from crm_kernel.testing.contract.rights import PARAMETER, own_routes
from crm_kernel.testing.contract.subject import Subject
from crm_kernel.text import messages

_ = messages("kernel")
FAILED = "crm-load-failed"


@check(Level.BRONZE, _("Menu entries and addresses are nobody else's"))
async def addresses_unique(subject: Subject) -> Sequence[str]:
    """Two entries to one place, or one address with two answers, are one too many."""
    menu = Counter(item.path for item in subject.kernel.registry.of(MenuItem))
    routes = Counter((method, PARAMETER.sub("{}", path)) for method, path, _need in own_routes(subject))
    found = [f"the menu leads to {item.path} twice" for item in subject.of(MenuItem) if menu[item.path] > 1]
    return found + [f"{method} {path} is answered twice" for (method, path), n in routes.items() if n > 1]


@check(Level.BRONZE, _("Every page answers, in both languages"))
async def pages_answer(subject: Subject) -> Sequence[str]:
    """Menu entries, search actions, lists, forms and record pages; the first two lead to whole pages."""
    linked = {item.path for item in subject.of(MenuItem)} | {one.path for one in subject.of(SearchAction)}
    found = []
    async for path, locale, status, text in _visited(subject):
        if status != 200:
            found.append(f"{path} answers {status} in {locale}")
        elif path in linked and "<html" not in text:
            found.append(f"{path} is a part of a page only")
    return found


@check(Level.SILVER, _("Pages hold nothing that a strict content policy refuses"))
async def pages_strict(subject: Subject) -> Sequence[str]:
    """No inline script, no event handler in an attribute, no script address from elsewhere."""
    found = []
    async for path, locale, status, text in _visited(subject):
        if status == 200 and locale == "en":
            reader = _Strict()
            reader.feed(text)
            found += [f"{path}: {fault}" for fault in reader.found]
    return found


@check(Level.BRONZE, _("Every panel draws"))
async def panels_draw(subject: Subject) -> Sequence[str]:
    """For a record of the slot's own kind, with its template."""
    found = []
    async with subject.client(subject.admin, accept="text/html") as admin:
        for panel in subject.of(Panel):
            entity = subject.kernel.registry.entity(panel.slot.partition(".")[0])
            if entity is None or panel.slot != f"{entity.name}.record":
                continue
            row = await subject.row(entity, subject.admin)
            answer = await admin.get(f"/{entity.plural}/{row}/panels/{panel.name}")
            if answer.status_code != 200 or FAILED in answer.text:
                found.append(f"{panel.name} fails on {panel.slot}")
    return found


@check(Level.BRONZE, _("Every report answers"))
async def reports_answer(subject: Subject) -> Sequence[str]:
    """On an installation without data too."""
    found = []
    for report in subject.of(Report):
        for kind in ("csv", "xlsx"):
            reports = subject.kernel.service("reports")
            try:
                await reports.run(subject.admin, report.name, {"period": "year"})
                file = await reports.export(subject.admin, report.name, {}, format=kind)
                async for _piece in file.chunks:
                    pass
            except NotFound:
                found.append(f"{report.name} is not there for somebody who may do everything")
                break
    return found


@check(Level.GOLD, _("No page keeps anybody out"), "browser")
async def pages_accessible(subject: Subject) -> Sequence[str]:
    """axe finds nothing on any page, in light or dark."""
    try:
        from crm_kernel.testing.browser import ORIGIN, accessibility_faults, opener
    except ImportError as missing:
        raise Unchecked(f"{missing.name} is not installed (crm-kernel[testing])") from None
    if find_browser() is None:
        raise Unchecked("Chromium does not answer")
    found: list[str] = []
    async with opener(subject.kernel, subject.app, subject.doorman) as opened:
        page = await opened(subject.admin, "/", reduced_motion="reduce")
        for path in await _places(subject):
            await page.goto(ORIGIN + subject.kernel.settings.prefix + path)
            found += await accessibility_faults(page)
    return found


async def _visited(subject: Subject) -> AsyncIterator[tuple[str, str, int, str]]:
    for path in await _places(subject):
        for locale in ("zh-CN", "en"):
            reader = await subject.hired(super_=True, locale=locale)
            async with subject.client(reader, accept="text/html") as person:
                answer = await person.get(path)
            yield path, locale, answer.status_code, answer.text


async def _places(subject: Subject) -> list[str]:
    """Where people go; one record of each kind is made for its page."""
    paths = [item.path for item in subject.of(MenuItem)]
    paths += [action.path for action in subject.of(SearchAction)]
    derived = tuple(f"/{entity.plural}" for entity in records(subject))
    paths += [
        path
        for method, path, _need in own_routes(subject)
        if method == "GET" and "{" not in path and not path.startswith(("/api/", *derived))
    ]
    for entity in records(subject):
        if entity.pages:
            row: UUID = await subject.row(entity, subject.admin)
            form = [] if entity.mirrored else [f"/{entity.plural}/new"]
            paths += [f"/{entity.plural}", *form, f"/{entity.plural}/{row}"]
    return list(dict.fromkeys(paths))


class _Strict(HTMLParser):
    """Notes what a strict content policy refuses."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        kind = given.get("type") or ""
        if tag == "script" and "src" not in given and "json" not in kind:
            self.found.append("an inline script")
        if tag == "script" and "://" in (given.get("src") or ""):
            self.found.append(f"a script from elsewhere: {given['src']}")
        self.found += [f"<{tag} {name}=...>" for name in given if name.startswith("on")]
        self.found += [f"<{tag} {n}> runs a script" for n, v in attrs if (v or "").startswith("javascript:")]
