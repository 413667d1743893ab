"""Settings from the environment and an optional TOML file; the environment wins."""

from __future__ import annotations

import logging
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from crm_kernel.errors import ConfigurationError
from crm_kernel.text import messages

_ = messages("kernel")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the kernel itself needs to know. Everything a plugin reads is in `extra`, by its full name.

    `database_url` names the driver (`sqlite+aiosqlite`, `postgresql+asyncpg`, `mariadb+asyncmy`);
    `plugins` limits which installed plugins run (None: all); `trusted_proxies` are addresses or networks
    whose X-Forwarded-* headers count; `public_url` is the address people use, with the prefix; `login_url`
    is where people whom nobody knows are sent (empty: the product's own door). `database_schema` is a schema
    of PostgreSQL for our tables alone (empty: the connection's own).
    """

    home: Path
    database_url: str
    database_schema: str = ""
    public_url: str = "http://127.0.0.1:8000"
    login_url: str = ""
    plugins: tuple[str, ...] | None = None
    broker_url: str = ""
    secret_key: str = ""
    locale: str = "zh-CN"
    timezone: str = "Asia/Shanghai"
    currency: str = "CNY"
    log_level: str = "INFO"
    log_format: str = "json"
    slow_query_ms: int = 200
    hook_deadline: float = 2.0
    trusted_proxies: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ("'self'",)
    phone_parts: bool = True
    extra: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def prefix(self) -> str:
        """The path under which everything lives, without a trailing slash (`""` at the root)."""
        return _path_of(self.public_url)

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **given: object) -> Settings:
        """Read `CRM_*` from `environ` (default: the process) and from `CRM_CONFIG` or `<home>/crm.toml`.

        Keyword arguments win over both. Raises ConfigurationError for a value that cannot be read.
        """
        env = os.environ if environ is None else environ
        home = Path(str(given.pop("home", None) or env.get("CRM_HOME") or "var")).absolute()
        file = Path(env.get("CRM_CONFIG") or home / "crm.toml")
        values: dict[str, str] = {}
        if file.is_file():
            values.update(_from_toml(file))
        values.update({key: value for key, value in env.items() if key.startswith("CRM_")})
        known: dict[str, object] = {"home": home}
        for name, read in _READERS.items():
            raw = values.pop(f"CRM_{name.upper()}", None)
            if raw is not None and raw != "":
                try:
                    known[name] = read(raw)
                except ValueError as fault:
                    raise ConfigurationError(
                        _("The setting {name} cannot be read: {value}")(name=f"CRM_{name.upper()}", value=raw)
                    ) from fault
        known.setdefault("database_url", f"sqlite+aiosqlite:///{home / 'forecourt.db'}")
        known["extra"] = {
            key: value for key, value in values.items() if key not in ("CRM_HOME", "CRM_CONFIG")
        }
        known.update(given)
        return cls(**known)  # type: ignore[arg-type]


@lru_cache(maxsize=16)
def _path_of(address: str) -> str:
    """The path of an address; asked many times for each page, and an address is slow to take apart."""
    from urllib.parse import urlsplit

    return urlsplit(address).path.rstrip("/")


def _words(raw: str) -> tuple[str, ...]:
    return tuple(part for part in raw.replace(",", " ").split() if part)


def _switch(raw: str) -> bool:
    word = raw.strip().lower()
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("0", "false", "no", "off"):
        return False
    raise ValueError(raw)


def _level(raw: str) -> str:
    if raw.upper() not in logging.getLevelNamesMapping():
        raise ValueError(raw)
    return raw.upper()


def _format(raw: str) -> str:
    if raw not in ("json", "console"):
        raise ValueError(raw)
    return raw


def _zone(raw: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(raw).key
    except KeyError as fault:
        raise ValueError(raw) from fault


_READERS: Mapping[str, Callable[[str], object]] = {
    "database_url": str,
    "database_schema": str,
    "public_url": str,
    "login_url": str,
    "plugins": _words,
    "broker_url": str,
    "secret_key": str,
    "locale": str,
    "timezone": _zone,
    "currency": str,
    "log_level": _level,
    "log_format": _format,
    "slow_query_ms": int,
    "hook_deadline": float,
    "trusted_proxies": _words,
    "frame_ancestors": _words,
    "phone_parts": _switch,
}


def _from_toml(file: Path) -> dict[str, str]:
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as fault:
        raise ConfigurationError(_("{file} cannot be read: {fault}")(file=file.name, fault=fault)) from fault
    flat: dict[str, str] = {}
    for key, value in data.items():
        text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
        flat[f"CRM_{key.upper()}"] = text
    return flat
