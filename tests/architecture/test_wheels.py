"""The wheels, built and installed as a host would install them."""

from __future__ import annotations

import shutil
import zipfile

import pytest

from tests.architecture.sources import ROOT, members
from tests.installed import run, site_packages

pytestmark = [pytest.mark.wheels, pytest.mark.timeout(600)]


def test_every_distribution_makes_a_wheel(wheels) -> None:
    assert len(wheels) == len(members())


def test_wheels_bring_only_names_of_ours_into_site_packages(wheels) -> None:
    tops = {name.split("/")[0] for wheel in wheels for name in zipfile.ZipFile(wheel).namelist()}
    assert [name for name in tops if not name.startswith("crm_")] == []


def test_wheels_carry_no_sources_of_assets_tests_or_data(wheels) -> None:
    unwanted = ("node_modules", "/tests/", "/var/", "__pycache__")
    found = [
        name
        for wheel in wheels
        for name in zipfile.ZipFile(wheel).namelist()
        if any(u in name for u in unwanted) and not name.startswith("crm_kernel/scaffold/")
    ]
    assert found == []


def test_the_kernel_wheel_carries_the_page_assets_and_the_licence(wheels) -> None:
    names = zipfile.ZipFile(
        next(wheel for wheel in wheels if wheel.name.startswith("crm_kernel-"))
    ).namelist()
    assert "crm_kernel/ui/dist/manifest.json" in names
    assert any(name.endswith(".css") for name in names)
    assert any(name.endswith(".js") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_catalogues_templates_and_migrations_are_in_the_wheels(wheels) -> None:
    packed = {name for wheel in wheels for name in zipfile.ZipFile(wheel).namelist()}
    kinds = {".html", ".po", ".conf", ".typed"}
    missing = [
        str(path.relative_to(package.parent))
        for package in [ROOT / "crm_kernel", *ROOT.glob("*/*/crm_*")]
        for path in package.rglob("*")
        if path.suffix in kinds
        or path.name == "py.typed"
        or (path.suffix == ".py" and "__pycache__" not in path.parts)
        if str(path.relative_to(package.parent)) not in packed
    ]
    assert missing == []


def test_installed_packages_import_and_start_without_node(installed, tmp_path) -> None:
    names = [path.name for path in site_packages(installed).glob("crm_*") if (path / "__init__.py").is_file()]
    program = "\n".join(f"import {name}\nprint({name}.__file__)" for name in sorted(names))
    ran = run(installed / "bin/python", "-c", program, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert all(line.startswith(str(installed)) for line in ran.stdout.split())
    answer = run(installed / "bin/crm", "--help", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_host_keeps_its_own_plugins_and_adapters_packages(installed, tmp_path) -> None:
    for name in ("plugins", "adapters"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("OWNER = 'host'\n", encoding="utf-8")
    program = "import crm_kernel, plugins, adapters; print(plugins.OWNER, adapters.OWNER)"
    ran = run(installed / "bin/python", "-c", program, cwd=tmp_path)
    assert ran.stdout.split() == ["host", "host"], ran.stderr


def test_nothing_of_a_hosts_own_clashes_with_us(installed, tmp_path) -> None:
    """Its packages, its Alembic, its Advanced Alchemy models, and Forecourt in its database."""
    for name in ("plugins", "adapters"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("OWNER = 'host'\n", encoding="utf-8")
    program = tmp_path / "host.py"
    shutil.copy(ROOT / "tests/architecture/host_with_a_house.py", program)
    ran = run(installed / "bin/python", program, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == [
        "host", "host", "h1", "陈志远", "alembic_version,customer,erp_customer", "0",
    ]  # fmt: skip
