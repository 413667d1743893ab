"""How much a dealership lets people attach."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from crm_kernel.actor import Actor
from crm_kernel.errors import Conflict, TooLarge
from crm_kernel.kernel import Kernel
from crm_kernel.records.attachments.service import Attachments

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def strict(kernel: Kernel) -> Attachments:
    extra = {"CRM_ATTACHMENT_MB": "1", "CRM_ATTACHMENTS_PER_RECORD": "2"}
    kernel.settings = replace(kernel.settings, extra=extra)
    return Attachments(kernel)


async def test_a_record_has_only_so_many_files(strict: Attachments, agent: Actor, new_client) -> None:
    client = await new_client()
    for number in range(2):
        await strict.upload(agent, "client", client, f"{number}.png", io.BytesIO(PNG))
    with pytest.raises(Conflict) as refused:
        await strict.upload(agent, "client", client, "3.png", io.BytesIO(PNG))
    assert refused.value.code == "too_many_files"
    assert len(await strict.list(agent, "client", client)) == 2


async def test_a_file_has_only_so_many_bytes(strict: Attachments, agent: Actor, new_client) -> None:
    client = await new_client()
    await strict.upload(agent, "client", client, "a.png", io.BytesIO(PNG + b"\0" * ((1 << 20) - len(PNG))))
    with pytest.raises(TooLarge):
        await strict.upload(agent, "client", client, "b.png", io.BytesIO(PNG + b"\0" * (1 << 20)))
