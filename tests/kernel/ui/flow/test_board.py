"""The board of records that follow a flow: columns by state, cards by what runs out next, moves as steps."""

from __future__ import annotations

import re

import httpx

from crm_kernel.actor import Actor
from crm_kernel.kernel import Kernel
from crm_kernel.ui.flow import board


def lane(text: str, state: str) -> str:
    """The cards of a column."""
    found = re.search(rf'data-lane="{state}".*?</section>', text, re.DOTALL)
    assert found
    return found[0]


def labels(text: str) -> list[str]:
    return re.findall(r'data-card[^>]*data-label="([^"]*)"', text)


async def put(page: httpx.AsyncClient, case: object, to: str, version: str = "") -> httpx.Response:
    sent = {"to": to, "version": version}
    headers = {"hx-request": "true", "hx-current-url": "http://crm.test/cases/board"}
    return await page.post(f"/cases/board/{case}", data=sent, headers=headers)


async def test_records_stand_in_the_column_of_their_state_and_the_filters_of_the_list_apply(
    page, kernel: Kernel, advisor: Actor, new_case
) -> None:
    first = await new_case("后杠", level="normal")
    await new_case("前杠", level="urgent")
    await kernel.service("flows").step(advisor, "case", first, "assess", {"handler": str(advisor.id)})
    shown = (await page.get("/cases/board")).text
    assert labels(lane(shown, "reported")) == ["前杠"]
    assert labels(lane(shown, "assessed")) == ["后杠"]
    assert 'data-to="assessed"' in lane(shown, "reported")
    assert 'href="/cases?' in (await page.get("/cases/board?level=urgent")).text
    assert labels((await page.get("/cases/board?level=urgent")).text) == ["前杠"]
    assert labels((await page.get("/cases/board?q=后杠")).text) == ["后杠"]
    assert 'href="/cases/board"' in (await page.get("/cases")).text


async def test_what_runs_out_next_comes_first_and_a_long_column_is_fetched_in_pieces(
    page, kernel: Kernel, new_case
) -> None:
    for number in range(board.CARDS + 3):
        await new_case(f"案{number:02}", level="urgent" if number == 5 else "normal")
    shown = (await page.get("/cases/board")).text
    cards = labels(lane(shown, "reported"))
    assert (cards[0], len(cards)) == ("案05", board.CARDS)
    assert f'<span class="crm-count">{board.CARDS + 3}</span>' in shown
    more = re.search(r'hx-get="(/cases/board/reported\?after=[^"]+)"', shown)
    assert more
    rest = (await page.get(more[1].replace("&amp;", "&"))).text
    assert len(set(cards) | set(labels(rest))) == board.CARDS + 3
    assert 'id="records-reported-more" hx-swap-oob="true"></div>' in rest
    assert (await page.get("/cases/board/reported?after=x:y")).status_code == 400
    assert (await page.get("/cases/board/nowhere")).status_code == 404


async def test_a_move_takes_the_step_or_asks_for_its_facts_and_what_is_not_open_is_refused_in_words(
    page, kernel: Kernel, advisor: Actor, new_case
) -> None:
    case = await new_case()
    asked = await put(page, case, "assessed")
    assert asked.headers["hx-retarget"] == "#crm-dialog-body"
    assert 'name="handler"' in asked.text
    refused = await put(page, case, "closed")
    assert refused.status_code == 409
    assert "Assess" in refused.json()["detail"]
    here = {"hx-request": "true", "hx-current-url": "http://crm.test/cases/board"}
    taken = await page.post(f"/cases/{case}/steps/assess", data={"handler": str(advisor.id)}, headers=here)
    assert "crm:changed" in taken.headers["hx-trigger"]
    assert "hx-redirect" not in taken.headers
    assert (await put(page, case, "waiting", "1")).status_code == 412
    moved = await put(page, case, "waiting", "2")
    assert (moved.status_code, "hx-retarget" in moved.headers) == (200, False)
    assert "crm:changed" in moved.headers["hx-trigger"]
    assert (await kernel.service("flows").view(advisor, "case", case)).state.key == "waiting"
