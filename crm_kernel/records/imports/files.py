"""Where uploaded files wait: under the home directory, readable by us alone, gone when the import is over."""

from __future__ import annotations

import os
import time
from pathlib import Path
from uuid import UUID

from crm_kernel.errors import TooLarge
from crm_kernel.text import messages

_ = messages("kernel")

MAX_BYTES = 256 * 1024 * 1024
KEPT_SECONDS = 7 * 24 * 3600


class ImportFiles:
    """Files by the id of their run; names people gave never become paths."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "imports"

    def keep(self, run_id: UUID, content: bytes) -> Path:
        """Store an upload. Raises TooLarge over the limit."""
        if len(content) > MAX_BYTES:
            raise TooLarge(_("The file is larger than {size} MB.")(size=MAX_BYTES >> 20))
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.path(run_id)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        return path

    def path(self, run_id: UUID) -> Path:
        """Where the run's file lies or would lie."""
        return self._folder / f"{run_id}.upload"

    def drop(self, run_id: UUID) -> None:
        """Delete the run's file."""
        self.path(run_id).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Delete files nobody came back for within a week."""
        if self._folder.is_dir():
            for path in self._folder.glob("*.upload"):
                if time.time() - path.stat().st_mtime > KEPT_SECONDS:
                    path.unlink(missing_ok=True)
