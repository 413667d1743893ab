"""A flow as layers of boxes: which state stands in which row, and which arrows lead from row to row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from crm_kernel.flow.definition import Definition, Step

MANY = 5
"""A step out of so many states (half of all at least) is drawn once, from a box that stands for them."""


@dataclass(slots=True)
class Box:
    """What takes room in a row: a state, the stand-in for many states, or the bend of a long arrow."""

    key: str
    row: int
    kind: Literal["state", "many", "bend"]
    x: float = 0
    """Its middle."""


@dataclass(slots=True)
class Arrow:
    """One way of a step. `bends` lie between source and target, from the source on."""

    number: int
    step: Step
    source: str
    target: str
    bends: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Graph:
    """Rows of boxes from the start downwards, and the arrows between them."""

    boxes: dict[str, Box]
    rows: list[list[str]]
    arrows: list[Arrow]

    def links(self) -> list[tuple[str, str]]:
        """Neighbours in following rows, upper one first."""
        found = []
        for arrow in self.arrows:
            chain = [arrow.source, *arrow.bends, arrow.target]
            for one, other in pairwise(chain):
                upper, lower = sorted((one, other), key=lambda key: self.boxes[key].row)
                if self.boxes[upper].row < self.boxes[lower].row:
                    found.append((upper, lower))
        return found


def numbered(definition: Definition) -> Mapping[str, int]:
    """The number each step has in drawing and table."""
    return {step.key: place for place, step in enumerate(definition.steps, start=1)}


def graph_of(definition: Definition) -> Graph:
    """The layers of a flow; steps that lead from or to states it does not have are left out."""
    known = [state.key for state in definition.states]
    numbers = numbered(definition)
    arrows = [
        Arrow(numbers[step.key], step, source, step.target)
        for step in definition.steps
        if step.target in known
        for source in _sources(step, known)
    ]
    rows = _rows(definition, arrows)
    boxes = {key: Box(key, rows[key], "state") for key in known}
    for arrow in arrows:
        if arrow.source.startswith("*"):
            boxes[arrow.source] = Box(arrow.source, max(rows[arrow.target] - 1, 0), "many")
    for arrow in arrows:
        _bend(arrow, boxes)
    depth = max((box.row for box in boxes.values()), default=0) + 1
    layers: list[list[str]] = [[] for _row in range(depth)]
    for box in boxes.values():
        layers[box.row].append(box.key)
    return Graph(boxes, layers, arrows)


def _sources(step: Step, known: Sequence[str]) -> list[str]:
    sources = [source for source in step.sources if source in known]
    if len(sources) >= MANY and len(sources) * 2 >= len(known):
        return [f"*{step.key}"]
    return sources


def _rows(definition: Definition, arrows: Sequence[Arrow]) -> dict[str, int]:
    """The fewest steps from the start to each state; ends stand below what leads to them."""
    ends = {state.key for state in definition.states if state.final}
    rows = {definition.start: 0}
    edge = [definition.start]
    while edge:
        reached = [
            arrow.target
            for arrow in arrows
            if arrow.source in edge and arrow.source not in ends and arrow.target not in rows
        ]
        rows |= dict.fromkeys(reached, rows[edge[0]] + 1)
        edge = list(dict.fromkeys(reached))
    lowest = max((row for key, row in rows.items() if key not in ends), default=0)
    for key in ends - {definition.start}:
        before = [rows[a.source] for a in arrows if a.target == key and a.source in rows.keys() - ends]
        rows[key] = max([lowest, *(row + 1 for row in before)])
    below = max(rows.values()) + 1
    return {state.key: rows.get(state.key, below) for state in definition.states}


def _bend(arrow: Arrow, boxes: dict[str, Box]) -> None:
    """Give a long arrow a place of its own in every row it passes, so that it crosses no box."""
    start, end = boxes[arrow.source].row, boxes[arrow.target].row
    way = 1 if end > start else -1
    for row in range(start + way, end, way) if start != end else ():
        key = f"~{arrow.number}:{arrow.source}:{row}"
        boxes[key] = Box(key, row, "bend")
        arrow.bends.append(key)
