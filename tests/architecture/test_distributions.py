"""What is installed, locked and offered under which name."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.sources import ROOT, members, packages

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def project(member: str) -> dict[str, object]:
    return dict(tomllib.loads((ROOT / member / "pyproject.toml").read_text(encoding="utf-8"))["project"])


def test_the_old_casbin_is_neither_installed_nor_locked() -> None:
    """`casbin` overwrites the files of `pycasbin`, and removing either deletes the other's."""
    installed = {canonicalize_name(dist.metadata["Name"]) for dist in importlib.metadata.distributions()}
    assert "pycasbin" in installed
    assert "casbin" not in installed
    assert not re.search(r"^casbin==", LOCK, re.MULTILINE)


def test_every_requirement_is_locked_within_its_bounds() -> None:
    locked = {
        canonicalize_name(name): Version(version)
        for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", LOCK, re.MULTILINE)
    }
    own = {path.name for path in members()} | {"crm-kernel"}
    wrong = []
    for member in members():
        declared = project(str(member.relative_to(ROOT)))
        extras = declared.get("optional-dependencies", {})
        assert isinstance(extras, dict)
        asked = [*declared["dependencies"], *(line for lines in extras.values() for line in lines)]  # type: ignore[misc]
        for line in asked:
            requirement = Requirement(line)
            name = canonicalize_name(requirement.name)
            if name.startswith("crm-") or name in own:
                continue
            if name not in locked or locked[name] not in requirement.specifier:
                wrong.append(f"{line} (locked: {locked.get(name)})")
    assert wrong == []


def test_the_lock_pins_hashes_and_names_no_place() -> None:
    assert "--hash=sha256:" in LOCK
    assert "://" not in LOCK
    assert "index-url" not in LOCK
    assert not re.search(r"^-e |^crm-", LOCK, re.MULTILINE)


@pytest.mark.parametrize("folder", [path for path in members() if path != ROOT], ids=lambda path: path.name)
def test_a_distribution_is_packaged_as_a_stranger_would(folder) -> None:
    declared = project(str(folder.relative_to(ROOT)))
    assert declared["name"] == f"crm-{folder.name}"
    assert declared["license"] == "Apache-2.0"
    assert (folder / "README.md").is_file()
    if folder.parent.name == "plugins":
        offered = declared["entry-points"]["crm_kernel.plugins"]  # type: ignore[index]
        assert offered == {folder.name: f"crm_{folder.name}.plugin"}


@pytest.mark.parametrize("package", packages(), ids=lambda path: path.name)
def test_a_package_tells_that_it_is_typed(package) -> None:
    assert (package / "py.typed").is_file()
