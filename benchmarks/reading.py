"""Look-ups and lists through the API beside a floor that runs the same statement for the same bytes."""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.rig import APP_PORT, FLOOR_PORT, Measured, Plan, ask, load, median, server

SHARES = {"sqlite": {"look-up": 0.25, "list": 0.60}, "postgresql": {"look-up": 0.45, "list": 0.65}}
GROWTH = 1.5

Pair = tuple[Measured, Measured]


def compare(plan: Plan, folder: Path, seconds: int, rounds: int) -> dict[str, Pair]:
    """(floor, product) for every question, asked in turns after they gave the same bytes."""
    file = folder / "plan.json"
    found: dict[str, Pair] = {}
    with (
        server("benchmarks.floor:app", FLOOR_PORT, file, folder / "floor.log") as floor,
        server("benchmarks.app:app", APP_PORT, file, folder / "app.log") as app,
    ):
        for number, question in enumerate(plan.questions):
            path = f"/{number}"
            expected = ask(floor.address + path, plan.token)
            given = ask(app.address + question.path, plan.token)
            if expected != given:
                raise SystemExit(f"{question.name}: the answers differ\n{expected[:600]!r}\n{given[:600]!r}")
            load(floor, path, plan.token, 1)
            load(app, question.path, plan.token, 1)
            runs: tuple[list[Measured], list[Measured]] = ([], [])
            for _round in range(rounds):
                runs[0].append(load(floor, path, plan.token, seconds))
                runs[1].append(load(app, question.path, plan.token, seconds))
            found[question.name] = median(runs[0]), median(runs[1])
    return found


def shares(backend: str, pairs: dict[str, Pair]) -> list[Figure]:
    """Each as a share of the floor's rate, and what the processor says of it."""
    return [
        Figure(
            name,
            app.rate / floor.rate,
            "%",
            least=SHARES[backend]["look-up" if name.startswith("look-up") else "list"],
            note=f"{app.rate:,.0f}/s of {floor.rate:,.0f}/s; CPU {app.cpu:,.0f} of {floor.cpu:,.0f} µs "
            f"({floor.cpu / app.cpu:.0%}); p99 {app.p99:.1f} ms",
        )
        for name, (floor, app) in pairs.items()
    ]


def growth(small: dict[str, Pair], large: dict[str, Pair]) -> list[Figure]:
    """How much more of the processor a request takes among many rows than among few."""
    return [
        Figure(name, large[name][1].cpu / small[name][1].cpu, "times", most=GROWTH)
        for name in small
        if name in large
    ]
