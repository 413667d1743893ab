"""Messages no person wrote: answers by machines, delivery reports, mailing lists.

RFC 3834 names `Auto-Submitted`; the others are what mail programs send in practice.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_MACHINES = re.compile(
    r"(?:^|<)\s*(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)\b[^@]*@", re.IGNORECASE
)
_ABSENT = re.compile(
    r"^\s*(自动回复|自動回覆|自動回復|out of office|auto(matic)?[- ]?(reply|response))\s*([:：]|$)",
    re.IGNORECASE,
)


def automatic(header: Callable[[str], str], content_type: str) -> str:
    """Why a message is automatic; empty for a person's. `header` gives a header by its small name."""
    submitted = header("auto-submitted").split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return "auto_reply"
    if header("x-autoreply") or header("x-autorespond") or header("x-autoresponse"):
        return "auto_reply"
    if content_type in ("multipart/report", "message/delivery-status"):
        return "delivery_report"
    if header("return-path").strip() == "<>" or _MACHINES.search(header("from")):
        return "delivery_report"
    if header("list-id") or header("precedence").strip().lower() in ("bulk", "list", "junk", "auto_reply"):
        return "bulk"
    return ""


def absence(subject: str) -> bool:
    """Whether a subject is that of an absence note, whose sender marked it in no other way."""
    return bool(_ABSENT.match(subject))
