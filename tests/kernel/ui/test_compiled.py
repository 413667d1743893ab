"""Templates are compiled once and kept; whatever happens to what is kept, pages are drawn."""

from __future__ import annotations

import stat
from pathlib import Path

from jinja2 import DictLoader, Environment

from crm_kernel.ui.compiled import CompiledTemplates


def drawn(folder: Path, text: str) -> str:
    """What a program that starts now makes of a template."""
    environment = Environment(
        loader=DictLoader({"greeting.html": text}),
        bytecode_cache=CompiledTemplates(folder),
        autoescape=True,
    )
    return environment.get_template("greeting.html").render(name="<张伟>")


def test_a_template_is_compiled_at_the_first_start_only(tmp_path: Path) -> None:
    assert drawn(tmp_path, "您好,{{ name }}") == "您好,&lt;张伟&gt;"
    (kept,) = tmp_path.iterdir()
    before = kept.stat().st_mtime_ns
    assert drawn(tmp_path, "您好,{{ name }}") == "您好,&lt;张伟&gt;"
    assert kept.stat().st_mtime_ns == before


def test_a_template_that_changed_is_compiled_anew(tmp_path: Path) -> None:
    drawn(tmp_path, "您好,{{ name }}")
    assert drawn(tmp_path, "再见,{{ name }}") == "再见,&lt;张伟&gt;"


def test_its_folder_is_made_for_our_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "compiled"
    assert drawn(folder, "您好,{{ name }}") == "您好,&lt;张伟&gt;"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(list(folder.iterdir())) == 1


def test_pages_are_drawn_where_nothing_can_be_kept_or_what_was_kept_is_broken(tmp_path: Path) -> None:
    file = tmp_path / "no-folder"
    file.touch()
    assert drawn(file / "nowhere", "您好,{{ name }}") == "您好,&lt;张伟&gt;"
    file.unlink()
    drawn(tmp_path, "您好,{{ name }}")
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"of another program")
    assert drawn(tmp_path, "您好,{{ name }}") == "您好,&lt;张伟&gt;"
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    assert drawn(tmp_path, "您好,{{ name }}") == "您好,&lt;张伟&gt;"
