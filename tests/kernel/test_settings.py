"""Settings come from the environment or a file, and a wrong one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_kernel.dal.crypto import KeyRing
from crm_kernel.dal.engine import make_engine
from crm_kernel.errors import ConfigurationError
from crm_kernel.settings import Settings


def test_without_any_setting_the_database_is_a_file_in_the_home(tmp_path: Path) -> None:
    settings = Settings.load({"CRM_HOME": str(tmp_path)})
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/forecourt.db"
    assert settings.plugins is None


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "crm.toml").write_text('plugins = ["customer"]\nslow_query_ms = 50\nsms_url = "http://x"\n')
    settings = Settings.load({"CRM_HOME": str(tmp_path), "CRM_SLOW_QUERY_MS": "70"})
    assert (settings.plugins, settings.slow_query_ms) == (("customer",), 70)
    assert settings.extra["CRM_SMS_URL"] == "http://x"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CRM_SLOW_QUERY_MS", "soon"),
        ("CRM_LOG_LEVEL", "chatty"),
        ("CRM_LOG_FORMAT", "xml"),
        ("CRM_TIMEZONE", "Asia/Atlantis"),
        ("CRM_TIMEZONE", "/etc/passwd"),
        ("CRM_PHONE_PARTS", "perhaps"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        Settings.load({"CRM_HOME": str(tmp_path), name: value})


def test_links_carry_the_path_of_the_public_address(tmp_path: Path) -> None:
    settings = Settings.load({"CRM_HOME": str(tmp_path), "CRM_PUBLIC_URL": "https://erp.example/crm/"})
    assert settings.prefix == "/crm"


def test_a_database_without_a_named_driver_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="postgresql"):
        make_engine(Settings.load({}, home=tmp_path, database_url="postgresql://localhost/x"))


def test_keys_are_made_once_for_us_alone_and_open_what_they_closed(tmp_path: Path) -> None:
    settings = Settings.load({}, home=tmp_path)
    stored = KeyRing.load(settings).encrypt(b"t.c", "13800008000")
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    assert "13800008000" not in stored
    assert KeyRing.load(settings).decrypt(b"t.c", stored) == "13800008000"
    with pytest.raises(ConfigurationError):
        KeyRing.load(settings).decrypt(b"other.column", stored)


def test_old_keys_still_open_after_a_new_one_came(tmp_path: Path) -> None:
    ring = KeyRing.generate()
    old = ring.encrypt(b"t.c", "A")
    turned = KeyRing({**ring.encryption, "2": b"k" * 32}, "2", ring.pepper, ring.secret)
    assert turned.decrypt(b"t.c", old) == "A"
    assert turned.encrypt(b"t.c", "A").startswith("2.")
