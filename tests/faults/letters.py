"""A mailbox read in a process of its own: it may die before or after any commit.

python -m tests.faults.letters open HOME PORT
python -m tests.faults.letters read HOME WHEN N
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crm_complaint.models import Complaint
from crm_kernel import Kernel, Settings, assemble
from crm_kernel.dal.scoped import trusted
from crm_kernel.mail.models import MailReceipt
from crm_kernel.mail.service import MailboxDraft
from crm_kernel.records.attachments.models import Attachment
from crm_kernel.records.notes.models import Note
from tests.faults.pusher import PATIENT, die, install
from tests.kernel.mail.server import LOGIN, PASSWORD


def assembled(home: Path) -> Kernel:
    trust = {"CRM_OUTBOUND_ALLOW": "localhost", "CRM_MAIL_CA": os.environ["CRM_MAIL_CA"]}
    return assemble(Settings.load(PATIENT | trust, home=home))


async def open_mailbox(home: Path, port: int) -> None:
    """An installation with one mailbox, whose messages become complaints."""
    await install(home)
    kernel = assembled(home)
    async with kernel.running():
        shop = (await kernel.access.store.shops())[0]
        draft = MailboxDraft(address=LOGIN, host="localhost", port=port, taker="complaint", password=PASSWORD)
        await kernel.service("mailboxes").add(await kernel.access.operator(shop.id), draft)


async def read(home: Path, when: str, nth: int) -> None:
    """Read the mailbox once; one that lives to the end says what there is."""
    kernel = assembled(home)
    async with kernel.running():
        die(kernel, when, nth)
        await kernel.service("mailboxes").poll()
        print("there", json.dumps(await kept(kernel), default=str), flush=True)


async def kept(kernel: Kernel) -> dict[str, Any]:
    """Cases by number, and what hangs on them, without ids and times; every file's bytes lie in the store."""

    async def rows(*columns: Any) -> list[Any]:
        return [tuple(row) for row in await kernel.db.rows(trusted(select(*columns)))]

    cases = dict(await rows(Complaint.id, Complaint.number))
    files = await rows(Attachment.record_id, Attachment.name, Attachment.sha256, Attachment.key)
    for *_what, key in files:
        assert [piece async for piece in kernel.service("file_store").read(key)]
    return {
        "cases": sorted(await rows(Complaint.number, Complaint.subject, Complaint.description), key=str),
        "notes": sorted((cases[one], body) for one, body in await rows(Note.record_id, Note.body)),
        "files": sorted((cases[one], name, digest) for one, name, digest, _key in files),
        "receipts": sorted(
            (uid, state, reason, cases.get(one))
            for uid, state, reason, one in await rows(
                MailReceipt.uid, MailReceipt.state, MailReceipt.reason, MailReceipt.record_id
            )
        ),
    }


if __name__ == "__main__":
    verb, where = sys.argv[1], Path(sys.argv[2])
    if verb == "open":
        asyncio.run(open_mailbox(where, int(sys.argv[3])))
    else:
        asyncio.run(read(where, sys.argv[3], int(sys.argv[4])))
