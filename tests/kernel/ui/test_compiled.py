"""Templates are compiled once and kept; whatever happens to what is kept, pages are drawn."""

from __future__ import annotations

from pathlib import Path

from jinja2 import DictLoader, Environment

from crm_kernel.ui.compiled import CompiledTemplates


def drawn(folder: Path, text: str) -> str:
    """What a program that starts now makes of a template."""
    environment = Environment(
        loader=DictLoader({"greeting.html": text}),
        bytecode_cache=CompiledTemplates(str(folder)),
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


def test_pages_are_drawn_where_nothing_can_be_kept_or_what_was_kept_is_broken(tmp_path: Path) -> None:
    assert drawn(tmp_path / "nowhere", "您好,{{ name }}") == "您好,&lt;张伟&gt;"
    drawn(tmp_path, "您好,{{ name }}")
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"of another program")
    assert drawn(tmp_path, "您好,{{ name }}") == "您好,&lt;张伟&gt;"
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    assert drawn(tmp_path, "您好,{{ name }}") == "您好,&lt;张伟&gt;"
