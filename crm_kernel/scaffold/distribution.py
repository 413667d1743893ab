"""A new plugin: a distribution with code, words and tests that pass, written from readable templates."""

from __future__ import annotations

import keyword
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path
from string import Template

from crm_kernel import __version__
from crm_kernel.errors import Conflict, FieldError, Invalid
from crm_kernel.plugins import ENTRY_POINTS
from crm_kernel.text import Text, messages

_ = messages("kernel")

TEMPLATES = Path(__file__).parent
ENDING = ".tmpl"
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
PUBLISHER = re.compile(r"[a-z][a-z0-9]*")
LONGEST = 30
LABEL = re.compile(r"[^\"\\$\n{}]{1,60}")
TAKEN = frozenset(
    (
        "kernel",
        "account",
        "access",
        "administration",
        "events",
        "audit",
        "jobs",
        "notifications",
        "records",
        "web",
    )
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the plugin shall be called: `name` as the house knows it, `record` what one of its records is.

    `label` and `label_zh` are the record in English and Chinese; `publisher` stands before the package's name
    (`acme-crm-loan`). `minimal` asks for the least there can be: three files.
    """

    name: str
    record: str = ""
    label: str = ""
    label_zh: str = ""
    publisher: str = ""
    minimal: bool = False


def write(wish: Wish, into: Path) -> Path:
    """Write the distribution into a new folder of `into` and give the folder.

    Inside a checkout's `plugins/` the folder has the plugin's name, elsewhere the package's. Raises Invalid
    for names that cannot be used, Conflict when the folder is there or a plugin of that name is installed.
    """
    check(wish)
    words = _words(wish, workspace=_is_workspace(into))
    target = into / (wish.name if _is_workspace(into) else words["distribution"])
    if target.exists():
        raise Conflict(_("{file} exists already. Choose another name.")(file=target), code="exists")
    into.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{wish.name}-", dir=into))
    try:
        for name, text in _files(TEMPLATES / ("minimal" if wish.minimal else "full"), words):
            file = draft / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        draft.chmod(0o755)
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return target


def check(wish: Wish) -> None:
    """Raise Invalid with a line for each name that cannot be used, Conflict for one that is taken."""
    wrong = []
    for field, value in (("name", wish.name), ("record", wish.record or wish.name)):
        if not NAME.fullmatch(value) or len(value) > LONGEST or keyword.iskeyword(value):
            wrong.append(FieldError(field, "name", _NAME_RULE(longest=LONGEST)))
    if wish.publisher and not PUBLISHER.fullmatch(wish.publisher):
        wrong.append(FieldError("publisher", "name", _NAME_RULE(longest=LONGEST)))
    for field, value in (("label", wish.label), ("label_zh", wish.label_zh)):
        if value and not LABEL.fullmatch(value):
            wrong.append(FieldError(field, "label", _("One line without quotes, braces or dollar signs.")))
    if wrong:
        raise Invalid(wrong)
    if wish.name in TAKEN or wish.name in {entry.name for entry in entry_points(group=ENTRY_POINTS)}:
        raise Conflict(
            _("There is a module {name} already. Choose another name.")(name=wish.name), code="taken"
        )


_NAME_RULE: Text = _(
    "Lower case letters and digits, at most {longest}, words joined by underscores, a letter first."
)


def _files(folder: Path, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.rglob(f"*{ENDING}")):
        name = str(file.relative_to(folder)).removesuffix(ENDING)
        for word in ("package", "name"):
            name = name.replace(f"__{word}__", words[word])
        yield name, Template(file.read_text("utf-8")).substitute(words)


def _words(wish: Wish, *, workspace: bool) -> dict[str, str]:
    record = wish.record or wish.name
    label = wish.label or record.replace("_", " ").capitalize()
    before = f"{wish.publisher}_" if wish.publisher else ""
    package = f"{before}crm_{wish.name}"
    return {
        "name": wish.name,
        "package": package,
        "distribution": package.replace("_", "-"),
        "record": record,
        "records": _plural(record.replace("_", "-")),
        "board": f"{wish.name.replace('_', '-')}-board",
        "Model": "".join(word.capitalize() for word in record.split("_")),
        "MODEL": record.upper(),
        "table": f"crm_{wish.name}" if record == wish.name else f"crm_{wish.name}_{record}",
        "label": label,
        "labels": _plural(label),
        "label_zh": wish.label_zh or label,
        "kernel_range": _range(__version__),
        "customer_range": _range(_installed("crm-customer")),
        "license": 'license = "Apache-2.0"\n' if workspace else "",
    }


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def _installed(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return __version__


def _range(of: str) -> str:
    """From this minor version to before the next: what may change in between is announced one minor ahead."""
    major, minor = (int(part) for part in of.split(".")[:2])
    return f">={major}.{minor},<{major}.{minor + 1}"


def _is_workspace(into: Path) -> bool:
    root = into.resolve().parent / "pyproject.toml"
    return into.name == "plugins" and root.is_file() and "[tool.uv.workspace]" in root.read_text("utf-8")
