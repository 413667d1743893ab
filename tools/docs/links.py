"""Links from one file of the project to another."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
HEADING = re.compile(r"^#+\s+(.*?)\s*$", re.MULTILINE)


def broken(root: Path) -> list[str]:
    """One line for each link of a Markdown file whose file or heading does not exist."""
    return [
        f"{page.relative_to(root)}: {target} leads nowhere"
        for page in _pages(root)
        for target in targets(page)
        if not reached(page, target)
    ]


def _pages(root: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=root,
        check=True,
        capture_output=True,
    ).stdout.decode()
    return [root / name for name in sorted(listed.split("\0")) if name and (root / name).is_file()]


def targets(page: Path) -> Iterator[str]:
    """Links of a page to the same project; code and addresses on the net are left out."""
    for match in LINK.finditer(CODE.sub("", page.read_text(encoding="utf-8"))):
        target = match.group(1) or match.group(2)
        if not re.match(r"[a-z]+:", target):
            yield target


def reached(page: Path, target: str) -> bool:
    """Whether the file, and the heading after `#`, exist."""
    path, _, anchor = target.partition("#")
    file = page if not path else page.parent / path
    if not file.exists():
        return False
    return not anchor or anchor in _anchors(file)


def _anchors(file: Path) -> set[str]:
    """Headings as the usual Markdown hosts name them."""
    titles = HEADING.findall(re.sub(r"```.*?```", "", file.read_text(encoding="utf-8"), flags=re.DOTALL))
    return {re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", title.lower())) for title in titles}
