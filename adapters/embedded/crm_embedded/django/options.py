"""`settings.FORECOURT`, filled in from what Django knows already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.shortcuts import resolve_url
from django.utils.module_loading import import_string
from sqlalchemy.engine import URL

DRIVERS = {
    "sqlite3": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "mysql": "mariadb+asyncmy",
}


def forecourt_words() -> dict[str, Any]:
    """The words for crm_embedded.asgi.Forecourt: Django's own database, login page and folder by default."""
    words = dict(getattr(settings, "FORECOURT", {}))
    words.pop("user", None)
    for name in ("customers", "vehicles", "look", "admit"):
        if isinstance(words.get(name), str):
            words[name] = import_string(words[name])
    words.setdefault("login_url", resolve_url(settings.LOGIN_URL))
    if "home" not in words:
        words["home"] = Path(getattr(settings, "BASE_DIR", ".")) / "forecourt"
    words.setdefault("database_url", database_url(settings.DATABASES["default"]))
    return words


def database_url(database: dict[str, Any]) -> str:
    """A database of Django's as our address. Raises ImproperlyConfigured for one we do not speak."""
    engine = str(database["ENGINE"]).rpartition(".")[2]
    if engine not in DRIVERS:
        raise ImproperlyConfigured(f"Forecourt does not speak {engine}: name another database_url")
    if engine == "sqlite3":
        return f"sqlite+aiosqlite:///{database['NAME']}"
    url = URL.create(
        DRIVERS[engine],
        username=database.get("USER") or None,
        password=database.get("PASSWORD") or None,
        host=database.get("HOST") or None,
        port=int(database["PORT"]) if database.get("PORT") else None,
        database=database["NAME"],
    )
    return url.render_as_string(hide_password=False)
