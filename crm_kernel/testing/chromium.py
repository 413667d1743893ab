"""Where Chromium is, and which of what it reports is a fault of the page."""

from __future__ import annotations

import os
import re
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]

GIVEN_UP = re.compile(r"htmx:(afterRequest|sendAbort)\b")


def find_browser() -> str | None:
    """`CRM_CHROMIUM`, else what PATH knows."""
    chosen = os.environ.get("CRM_CHROMIUM")
    if chosen:
        return chosen
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def is_fault(kind: str, text: str) -> bool:
    """Whether a line of the console tells of a fault. A question given up for the next page is none."""
    return kind == "error" and not GIVEN_UP.match(text)
