"""docs/hooks.md, from `crm_kernel.hookspecs` and the values its hooks return."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
from functools import cache
from pathlib import Path

from crm_kernel import contributions, hookspecs

INTRODUCTION = """# Hooks
A module implements the hooks it has something to say to, as functions of its `plugin` module marked with `hookimpl`:

```python
from crm_kernel.hookspecs import hookimpl
```

Each hook is called once, while the kernel boots, and answers the question "what does this module bring?". Hooks get
further arguments over time and lose none; name only those you use. This page is written by `make docs`; the examples
are taken from the module that tests every hook (`tests/toy_plugin/plugin.py`), where `c` is `crm_kernel.contributions`.
"""
EXAMPLES = Path(__file__).parents[2] / "tests/toy_plugin/plugin.py"


ORDER = ("modules", "rights", "records", "pages", "happenings", "flows", "reports", "dossiers")
"""The files of contributions, as the page goes through them."""


def page() -> str:
    """The whole page; raises ValueError for a hook or a returned value without documentation."""
    specs = [function for _, function in inspect.getmembers(hookspecs, _is_hook)]
    specs.sort(key=lambda function: inspect.getsourcelines(function)[1])
    used = _returned(specs)
    parts = [INTRODUCTION, "## What a module may bring", *map(_hook, specs)]
    parts += ["## What hooks return", *(_value(getattr(contributions, name)) for name in used)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _is_hook(member: object) -> bool:
    return inspect.isfunction(member) and hasattr(member, f"{hookspecs.PROJECT}_spec")


def _hook(function) -> str:
    call = "async def" if inspect.iscoroutinefunction(function) else "def"
    signature = str(inspect.signature(function)).replace("'", "").replace("c.", "")
    return f"### {function.__name__}\n```python\n{call} {function.__name__}{signature}\n```\n{_documentation(function)}\n\n{_example(function.__name__)}"


def _example(name: str) -> str:
    """The example module's implementation with its helpers. Raises ValueError for a hook without one."""
    functions = _examples()
    if name not in functions:
        raise ValueError(f"{name} has no example in {EXAMPLES.name}")
    wanted, queue = {name}, [name]
    while queue:
        for node in ast.walk(functions[queue.pop()]):
            helper = node.id if isinstance(node, ast.Name) and node.id.startswith("_") else ""
            if helper in functions and helper not in wanted:
                wanted.add(helper)
                queue.append(helper)
    source = EXAMPLES.read_text(encoding="utf-8").splitlines()
    parts = []
    for function in functions.values():
        if function.name in wanted:
            first = min([function.lineno, *(one.lineno for one in function.decorator_list)])
            parts.append("\n".join(source[first - 1 : function.end_lineno]))
    body = "\n\n\n".join(parts)
    return f"```python\n{body}\n```"


@cache
def _examples() -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(EXAMPLES.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def _documentation(thing) -> str:
    text = inspect.getdoc(thing)
    if not text:
        raise ValueError(f"{thing.__qualname__} has no documentation")
    return text


def _returned(specs) -> list[str]:
    """Names of the contributions that signatures mention, and of those their fields mention, in source order."""
    seen: set[str] = set()
    queue = [str(inspect.signature(function)) for function in specs]
    while queue:
        for name in re.findall(r"[A-Z]\w+", queue.pop()):
            value = getattr(contributions, name, None)
            if (
                name in seen
                or not dataclasses.is_dataclass(value)
                or value.__module__.rpartition(".")[0] != contributions.__name__
            ):
                continue
            seen.add(name)
            queue.append(" ".join(str(field.type) for field in dataclasses.fields(value)))
    return sorted(seen, key=_place)


def _place(name: str) -> tuple[int, int]:
    """The files go by what a reader needs first."""
    kind = getattr(contributions, name)
    room = kind.__module__.rpartition(".")[2]
    return ORDER.index(room), inspect.getsourcelines(kind)[1]


def _value(kind) -> str:
    rows = [
        f"| `{field.name}` | `{_code(field.type)}` | {_default(field)} |"
        for field in dataclasses.fields(kind)
    ]
    head = f"### {kind.__name__}\n{_documentation(kind)}"
    return "\n".join([head, "", "| field | type | default |", "|---|---|---|", *rows]) if rows else head


def _code(annotation: object) -> str:
    return str(annotation).replace("|", "\\|")


def _default(field: dataclasses.Field[object]) -> str:
    if field.default is not dataclasses.MISSING:
        shown = getattr(field.default, "value", field.default)
        return f"`{_code(repr(shown))}`" if not callable(shown) else f"`{shown.__name__}`"
    if field.default_factory is not dataclasses.MISSING:
        return f"`{field.default_factory.__name__}()`"
    return "required"
