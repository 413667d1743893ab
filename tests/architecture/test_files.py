"""Rules that hold for every file of the project."""

from __future__ import annotations

import re

from tests.architecture.sources import GENERATED, ROOT, project_files, text_files

ALARM = 400
CODE = (".py", ".js", ".mjs", ".css", ".html", ".jinja")
PLACES = re.compile(
    "|".join(
        [
            r"pypi\.or" + "g",
            r"python" + r"hosted\.",
            r"npm" + r"js\.",
            r"npm" + "mirror",
            r"deb\.deb" + "ian",
            r"tuna\.tsing" + "hua",
            r"(?<![\w.])/(wor" + r"k|roo" + r"t|ho" + r"me/\w+|Us" + r"ers/\w+)/",
        ]
    )
)
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|NotImple" + r"mentedError)\b")


def test_no_file_has_grown_past_the_alarm() -> None:
    long = {
        name: lines
        for name, text in text_files()
        if name.endswith(CODE)
        and "/migrations/versions/" not in name
        and (lines := len(text.splitlines())) > ALARM
    }
    assert long == {}


def test_no_file_names_a_registry_or_a_place_on_somebodys_machine() -> None:
    found = [f"{name}: {hit.group()}" for name, text in text_files() for hit in PLACES.finditer(text)]
    for name in GENERATED:
        if (ROOT / name).is_file() and name != "LICENSE":
            text = (ROOT / name).read_text(encoding="utf-8")
            found += [f"{name}: {hit.group()}" for hit in PLACES.finditer(text)]
    assert found == []


def test_nothing_is_left_unfinished_in_code() -> None:
    found = [
        f"{name}: {hit.group()}"
        for name, text in text_files()
        if name.endswith(CODE)
        for hit in UNFINISHED.finditer(text)
    ]
    assert found == []


def test_built_and_private_files_stay_out_of_git() -> None:
    unwanted = re.compile(r"(^|/)(uv\.lock|node_modules|\.venv|__pycache__|var|dist)(/|$)")
    assert [name for name in project_files() if unwanted.search(name)] == []


def test_type_checks_are_silenced_only_by_name() -> None:
    bare = re.compile(r"#\s*type:\s*ignore(?!\[)|#\s*noqa(?!:)")
    found = [
        name for name, text in text_files() if name.endswith(".py") and name != own() and bare.search(text)
    ]
    assert found == []


def own() -> str:
    return "tests/architecture/test_files.py"
