"""The page people see while the tables are brought up to date; it needs nothing that is not there yet."""

from __future__ import annotations

import base64
import hashlib
import html

from crm_kernel.i18n import translate
from crm_kernel.text import messages

_ = messages("standalone")

RETRY_SECONDS = 3
STYLE = """
:root{color-scheme:light dark;--ink:light-dark(#1d2430,#e4e8ed);--quiet:light-dark(#566172,#a3adb9);
--ground:light-dark(#f5f6f8,#13171c);--card:light-dark(#fff,#1b2027);--line:light-dark(#e1e5ea,#2d343e);
--accent:light-dark(#0c5c9e,#80bdf4)}
body{margin:0;min-height:100dvh;display:grid;place-items:center;background:var(--ground);color:var(--ink);
font:14px/1.5 -apple-system,"Segoe UI","PingFang SC","Microsoft YaHei UI","Noto Sans CJK SC",sans-serif}
main{width:min(372px,calc(100% - 80px));padding:24px;border:1px solid var(--line);border-radius:8px;
background:var(--card)}
svg{width:32px;height:32px}
h1{margin:12px 0 4px;font-size:18px;font-weight:650}
p{margin:0 0 16px;color:var(--quiet)}
div{height:6px;border-radius:3px;background:var(--line);overflow:hidden}
div::before{content:"";display:block;width:33%;height:100%;border-radius:3px;background:var(--accent);
animation:go 1.4s linear infinite}
@keyframes go{from{transform:translateX(-100%)}to{transform:translateX(300%)}}
@media(prefers-reduced-motion:reduce){div::before{animation:none;width:100%}}
"""
POLICY = (
    f"default-src 'none'; style-src 'sha256-"
    f"{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; frame-ancestors 'none'"
)
MARK = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><rect width="24" height="24" rx="6" fill="#0f63a8"/>'
    '<path d="M4.5 9.5 12 5.5l7.5 4M7 10v8M17 10v8M7 14.5h10" fill="none" stroke="#fff" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round"/></svg>'
)
PAGE = (
    '<!doctype html><html lang="{locale}"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="{seconds}">'
    "<style>{style}</style></head><body><main>{mark}<h1>{title}</h1>"
    '<p role="status">{text}</p><div aria-hidden="true"></div></main></body></html>'
)
UPGRADING = _("The system is being upgraded. It will be back in a moment.")


def waiting_page(locale: str) -> bytes:
    """The page in the reader's language; it asks again by itself."""
    return PAGE.format(
        locale=locale,
        title=html.escape(translate(_("Upgrading"), locale)),
        text=html.escape(translate(UPGRADING, locale)),
        seconds=RETRY_SECONDS,
        style=STYLE,
        mark=MARK,
    ).encode()
