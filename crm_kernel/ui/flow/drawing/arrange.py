"""Where the boxes of a graph stand: in an order with few crossings, each near its neighbours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from crm_kernel.ui.flow.drawing.graph import Graph

SWEEPS = 12
Neighbours = Mapping[str, Sequence[str]]


def arrange(graph: Graph, width: Callable[[str], float], gap: float) -> float:
    """Set every box's x; returns the width of the whole. `width` tells how much room a box takes."""
    up: dict[str, list[str]] = defaultdict(list)
    down: dict[str, list[str]] = defaultdict(list)
    for upper, lower in graph.links():
        down[upper].append(lower)
        up[lower].append(upper)
    _order(graph, up, down)
    _place(graph, up, down, width, gap)
    left = min((box.x - width(key) / 2 for key, box in graph.boxes.items()), default=0)
    for box in graph.boxes.values():
        box.x -= left
    return max((box.x + width(key) / 2 for key, box in graph.boxes.items()), default=0)


def _order(graph: Graph, up: Neighbours, down: Neighbours) -> None:
    """The well-known sweeps: each box to the middle of its neighbours, downwards and upwards in turn."""
    best, fewest = [list(row) for row in graph.rows], _crossings(graph.rows, down)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        beside = up if downwards else down
        for row in graph.rows if downwards else reversed(graph.rows):
            places = {key: place for one in graph.rows for place, key in enumerate(one)}
            row.sort(key=lambda key: _middle([places[k] for k in beside.get(key, ())], places[key]))
        crossings = _crossings(graph.rows, down)
        if crossings < fewest:
            best, fewest = [list(row) for row in graph.rows], crossings
    graph.rows[:] = best


def _middle(places: Sequence[float], otherwise: float) -> float:
    return sum(places) / len(places) if places else otherwise


def _crossings(rows: Sequence[Sequence[str]], down: Neighbours) -> int:
    places = {key: place for row in rows for place, key in enumerate(row)}
    total = 0
    for row in rows:
        lines = [(places[key], places[other]) for key in row for other in down.get(key, ())]
        total += sum(1 for i, (a, b) in enumerate(lines) for c, d in lines[i + 1 :] if (a - c) * (b - d) < 0)
    return total


def _place(graph: Graph, up: Neighbours, down: Neighbours, width: Callable[[str], float], gap: float) -> None:
    for row in graph.rows:
        at = 0.0
        for key in row:
            graph.boxes[key].x = at + width(key) / 2
            at += width(key) + gap
    for sweep in range(SWEEPS):
        beside = up if sweep % 2 == 0 else down
        for row in graph.rows:
            wanted = [
                _middle([graph.boxes[k].x for k in beside.get(key, ())], graph.boxes[key].x) for key in row
            ]
            for key, x in zip(row, _apart(wanted, [width(key) for key in row], gap), strict=True):
                graph.boxes[key].x = x


def _apart(wanted: Sequence[float], widths: Sequence[float], gap: float) -> list[float]:
    """The places nearest to those wanted that keep order and distance (isotonic regression)."""
    offsets, at = [], 0.0
    for place, one in enumerate(widths):
        at += 0 if place == 0 else (widths[place - 1] + one) / 2 + gap
        offsets.append(at)
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while pools and pools[-1][0] > mean:
            before, many = pools.pop()
            mean, count = (before * many + mean * count) / (many + count), many + count
        pools.append((mean, count))
    levels = [mean for mean, count in pools for _one in range(count)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]
