"""Calling a client from his record: the telephone rings, the number stays masked, each call is noted."""

from __future__ import annotations

from typing import Any

import pytest

from crm_kernel.actor import Scope
from crm_kernel.audit.service import AuditFilter
from crm_kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from crm_kernel.telephone.ports import NoDialler
from tests.kernel.records.around import showroom

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MOBILE = "13800138000"


@pytest.fixture
def kernel_modules() -> list[Any]:
    return [showroom]


@pytest.fixture
def kernel_overrides(fakes: Any, request: Any) -> dict[str, Any]:
    return (
        {"dialler": NoDialler()} if "nobody_is_offered" in request.node.name else fakes.overrides("dialler")
    )


@pytest.fixture
async def client_id(kernel: Any, make_actor: Any) -> Any:
    clerk = await make_actor({"client.create": Scope.DEALERSHIP, "client.view": Scope.DEALERSHIP})
    values = {"code": "C1", "name": "张伟", "mobile": MOBILE}
    return (await kernel.service("records").create(clerk, "client", values)).id


async def calling(make_actor: Any, *rights: str, scope: Scope = Scope.DEALERSHIP) -> Any:
    return await make_actor(dict.fromkeys(rights or ("client.view", "telephone.call"), scope), name="李接待")


async def test_who_may_call_calls_without_seeing_the_number_and_it_is_written_down_who_called_whom(
    kernel, make_actor, client_id, fakes
) -> None:
    agent = await calling(make_actor)
    records, telephone = kernel.service("records"), kernel.service("telephone")
    call = await telephone.call(agent, "client", client_id, "mobile")
    (dialled,) = fakes.dialler.dialled
    assert (dialled.id, dialled.caller.id, dialled.number) == (call, agent.id, f"+86{MOBILE}")
    assert MOBILE not in repr(dialled)
    assert (await records.get(agent, "client", client_id)).mobile == "138****8000"
    boss = await make_actor(super_=True)
    page = await kernel.service("audit").accesses(boss, AuditFilter(verb="called"))
    (row,) = page.items
    assert (row.actor_id, row.entity, row.record_id) == (agent.id, "client", client_id)
    assert row.detail == {"field": "mobile", "call": call}


async def test_who_may_not_call_or_not_see_the_client_calls_nobody(
    kernel, make_actor, make_dealership, client_id, fakes
) -> None:
    telephone = kernel.service("telephone")
    for rights in (("client.view",), ("telephone.call",)):
        with pytest.raises(Forbidden):
            await telephone.call(await calling(make_actor, *rights), "client", client_id, "mobile")
    with pytest.raises(NotFound):
        await telephone.call(await calling(make_actor, scope=Scope.OWN), "client", client_id, "mobile")
    only_own = await make_actor({"client.view": Scope.DEALERSHIP, "telephone.call": Scope.OWN})
    with pytest.raises(NotFound):
        await telephone.call(only_own, "client", client_id, "mobile")
    with pytest.raises(Invalid):
        await telephone.call(await calling(make_actor), "client", client_id, "name")
    assert fakes.dialler.dialled == []


async def test_a_telephone_system_that_fails_is_said(kernel, make_actor, client_id, fakes) -> None:
    fakes.dialler.down = True
    with pytest.raises(Unavailable):
        await kernel.service("telephone").call(await calling(make_actor), "client", client_id, "mobile")


async def test_without_a_telephone_system_nobody_is_offered_a_call(kernel, make_actor, client_id) -> None:
    telephone, agent = kernel.service("telephone"), await calling(make_actor)
    assert not telephone.offered(agent)
    with pytest.raises(Conflict):
        await telephone.call(agent, "client", client_id, "mobile")
