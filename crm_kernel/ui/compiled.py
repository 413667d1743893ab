"""Templates compiled once per machine and user, not at every start."""

from __future__ import annotations

import logging
from contextlib import suppress

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

log = logging.getLogger("crm.pages")


class CompiledTemplates(FileSystemBytecodeCache):
    """In a folder nobody else may write, beside what other programs of the user keep there.

    A template that changed is compiled anew; one that cannot be kept, on a full disk, is compiled every time.
    """

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template, if that is possible."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def compiled_templates() -> CompiledTemplates | None:
    """None where there is no folder for them."""
    try:
        return CompiledTemplates(pattern="forecourt_%s.cache")
    except (OSError, RuntimeError) as fault:
        log.info("templates are compiled at every start", extra={"reason": str(fault)})
        return None
