"""`python -m tools.docs [--check]`: write the generated pages, or tell which are out of date; check all links."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.docs import api, commands, hooks, links, surface

ROOT = Path(__file__).parents[2]
PAGES = {
    "docs/hooks.md": hooks.page,
    "docs/public-surface.txt": surface.page,
    "docs/cli.md": commands.page,
    "docs/api/README.md": api.page,
}


def main(argv: list[str]) -> int:
    """Exit code 1 when a page is out of date under `--check`, or a link leads nowhere."""
    findings = []
    for name, write in PAGES.items():
        text, file = write(), ROOT / name
        if file.is_file() and file.read_text(encoding="utf-8") == text:
            continue
        if "--check" in argv:
            findings.append(f"{name} is out of date: run `make docs` and commit it")
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            print(f"written: {name}")
    findings += links.broken(ROOT)
    print("\n".join(findings) or "docs: generated pages are current, every link leads somewhere")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
