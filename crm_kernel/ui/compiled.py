"""Templates compiled once per installation, not at every start."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class CompiledTemplates(FileSystemBytecodeCache):
    """In a folder of the home: what lies here is run, so nobody else may write there.

    A template that changed is compiled anew; one that cannot be kept (a full disk, a home that may only be
    read) is compiled at every start.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was kept, if it can be read."""
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template, if that is possible."""
        with suppress(OSError):
            super().dump_bytecode(bucket)
