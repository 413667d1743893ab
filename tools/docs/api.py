"""docs/api/README.md, from the schema `crm openapi` prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

INTRODUCTION = """# HTTP interface
A running installation describes itself at `/api/openapi.json`; `crm openapi` prints the same without a server. This
page is written by `make docs` from that description, with the modules of this repository installed.

Send a token made by `crm token create` as `Authorization: Bearer ...`. Errors are `application/problem+json` with a
stable `code` and the `request_id` that stands in the log. Lists answer `items` and `next`; pass `next` as `cursor` to
go on, `limit` up to 200. Changes need the record's `ETag` in `If-Match`, and a `POST` may carry an `Idempotency-Key`.

Days may be asked for by their distance from today: `warranty_until[within]=next-30-days`. The words are `today`,
`yesterday`, `tomorrow`; `this-`, `last-` or `next-` with `week` (from Monday), `month` or `year`; `last-N-days` and
`next-N-days`, N up to 3660. Both ends count, today is that of the dealership, and a saved view keeps the word, so that it
means other days every time it is opened. Anything else answers 422.

The answer to a new or changed record that is checked for duplicates names suspects under `duplicates`: `code`, `reason`,
`id`, `label`, `detail`. Where one has `question`, nothing was moved: the fields named by `confirm` (a switch) and `on` (a
date) of the body answer it, as `"move_plate": true` lets another car give a plate up on `plate_since`.
"""
METHODS = ("get", "post", "put", "patch", "delete")


def page() -> str:
    """One table of operations for each tag of the schema."""
    groups: dict[str, list[str]] = {}
    for path, operations in sorted(_schema()["paths"].items()):
        for method in METHODS:
            if method in operations:
                told = operations[method]
                tag = (told.get("tags") or ["others"])[0]
                groups.setdefault(tag, []).append(
                    f"| `{method.upper()}` | `{path}` | {told.get('summary', '')} |"
                )
    tables = [
        "\n".join([f"## {tag}", "| method | path | what it does |", "|---|---|---|", *rows])
        for tag, rows in sorted(groups.items())
    ]
    return "\n\n".join([INTRODUCTION.strip(), *tables]) + "\n"


def _schema():
    with tempfile.TemporaryDirectory() as home:
        told = subprocess.run(
            [Path(sys.executable).parent / "crm", "--home", home, "--lang", "en", "openapi"],
            env={key: value for key, value in os.environ.items() if not key.startswith("CRM_")},
            capture_output=True,
            check=False,
        )
    if told.returncode:
        raise RuntimeError(told.stderr.decode())
    return json.loads(told.stdout)
