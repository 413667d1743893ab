"""The workshop's people in front of their screens."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from crm_kernel.actor import Actor, Scope
from tests.kernel.flow.conftest import (  # noqa: F401 - fixtures
    RIGHTS,
    hold,
    kernel_modules,
    manager,
    new_case,
)
from tests.kernel.ui.admin.conftest import (  # noqa: F401 - fixtures
    OpenAs,
    database,
    doorman,
    kernel_overrides,
    open_as,
)


@pytest.fixture
async def advisor(make_actor: Any) -> Actor:
    return await make_actor(dict.fromkeys(RIGHTS, Scope.DEALERSHIP), name="王顾问", locale="zh-CN")


@pytest.fixture
async def page(open_as: OpenAs, advisor: Actor) -> httpx.AsyncClient:  # noqa: F811
    """The advisor's browser."""
    return open_as(advisor)
