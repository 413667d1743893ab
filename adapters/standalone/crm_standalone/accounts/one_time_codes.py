"""Time-based one-time codes (RFC 6238): six digits, thirty seconds, one step of tolerance either way."""

from __future__ import annotations

import hmac
import io
from datetime import datetime

import pyotp
import segno

PERIOD = 30
TOLERANCE = 1


def code_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step a code belongs to, or None when it fits none that counts now."""
    if not secret or len(code) != 6 or not code.isascii() or not code.isdigit():
        return None
    generator = pyotp.TOTP(secret)
    current = int(now.timestamp()) // PERIOD
    found = None
    for step in range(current - TOLERANCE, current + TOLERANCE + 1):
        if hmac.compare_digest(generator.generate_otp(step), code):
            found = step
    return found


def new_code_secret() -> str:
    """A shared secret of 160 bits for an authenticator."""
    return pyotp.random_base32()


def enrolment_uri(secret: str, login: str) -> str:
    """What an authenticator reads to begin."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Forecourt")


def qr_svg(text: str) -> str:
    """A QR code as an SVG element, dark on transparent, for a page."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=4, xmldecl=False, svgns=True, nl=False)
    return out.getvalue().decode()
