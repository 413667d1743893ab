"""A drawing of a flow as templates take it: boxes with their places, arrows as paths, labels beside them."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from crm_kernel.flow.definition import Definition, State
from crm_kernel.i18n import translate
from crm_kernel.ui.flow.drawing.arrange import arrange
from crm_kernel.ui.flow.drawing.graph import Arrow, Graph, graph_of

LOOP, PORT = 34.0, 15.0
ROWS = (0.5, 0.27, 0.73)
"""Where between two rows a label may stand, the best place first."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Sizes in pixels. Without `words` arrows carry numbers only, and the table beside them has the names."""

    width: float
    height: float
    across: float
    down: float
    bend: float
    words: bool
    margin: float = 14


DESK = Measures(136, 38, 26, 86, 14, words=True)
PHONE = Measures(94, 42, 10, 58, 9, words=False)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A rectangle with its words. `state` is empty for the stand-in of many states."""

    key: str
    label: str
    x: float
    y: float
    width: float
    height: float
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An arrow's way as SVG takes it."""

    step: str
    path: str
    grave: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole drawing."""

    width: float
    height: float
    boxes: list[Drawn]
    lines: list[Line]
    labels: list[Drawn]
    start: tuple[float, float] | None


Point = tuple[float, float]


def picture_of(definition: Definition, many_words: str, measures: Measures = DESK) -> Picture:
    """Draw a flow. `many_words` names the stand-in for many states."""
    graph = graph_of(definition)
    loops = {arrow.source for arrow in graph.arrows if arrow.source == arrow.target}
    wide = {"state": measures.width, "many": measures.width, "bend": measures.bend}

    def room(key: str) -> float:
        return wide[graph.boxes[key].kind] + (2 * LOOP if key in loops else 0)

    width = arrange(graph, room, measures.across)
    return _Pen(definition, graph, measures).picture(width, many_words)


class _Pen:
    def __init__(self, definition: Definition, graph: Graph, measures: Measures) -> None:
        self.definition, self.graph, self.m = definition, graph, measures
        self.ports = self._ports()
        self.taken: dict[tuple[int, float], list[tuple[float, float]]] = defaultdict(list)

    def top(self, row: int) -> float:
        return self.m.margin + 12 + row * (self.m.height + self.m.down)

    def middle(self, key: str) -> float:
        return self.graph.boxes[key].x + self.m.margin

    def picture(self, width: float, many_words: str) -> Picture:
        lines, labels = [], []
        for arrow in self.graph.arrows:
            path, at, gap = self._way(arrow)
            lines.append(Line(arrow.step.key, path, arrow.step.weight == "grave"))
            labels.append(self._label(arrow, at, gap))
        boxes = []
        for key, box in self.graph.boxes.items():
            state = self.definition.state(key)
            if box.kind != "bend":
                label = translate(state.label) if state else many_words
                x = self.middle(key) - self.m.width / 2
                boxes.append(Drawn(key, label, x, self.top(box.row), self.m.width, self.m.height, state))
        lowest = self.top(len(self.graph.rows) - 1) + self.m.height
        depth = len(self.graph.rows) - 1
        dips = any(
            a.source != a.target and self._flat(a) and self.graph.boxes[a.source].row == depth
            for a in self.graph.arrows
        )
        right = max([width + 2 * self.m.margin, *(one.x + one.width + 4 for one in labels)])
        start = self.graph.boxes.get(self.definition.start)
        dot = (self.middle(start.key), self.top(start.row)) if start is not None else None
        height = lowest + self.m.margin + (self.m.down * 0.8 if dips else 0)
        return Picture(right, height, boxes, lines, labels, dot)

    def _flat(self, arrow: Arrow) -> bool:
        return self.graph.boxes[arrow.source].row == self.graph.boxes[arrow.target].row

    def _sides(self, arrow: Arrow) -> tuple[str, str]:
        """On which side of its boxes an arrow begins and ends."""
        source, target = self.graph.boxes[arrow.source].row, self.graph.boxes[arrow.target].row
        return ("top", "bottom") if source > target else ("bottom", "bottom" if source == target else "top")

    def _ports(self) -> dict[tuple[int, str, str], float]:
        """Where on its box each end of an arrow lies: beside one another, in the order of where they lead."""
        sides: dict[tuple[str, str], list[tuple[float, int, str]]] = defaultdict(list)
        for place, arrow in enumerate(self.graph.arrows):
            if arrow.source == arrow.target:
                continue
            begins, ends = self._sides(arrow)
            chain = [arrow.source, *arrow.bends, arrow.target]
            sides[arrow.source, begins].append((self.middle(chain[1]), place, "begin"))
            sides[arrow.target, ends].append((self.middle(chain[-2]), place, "end"))
        found = {}
        for (key, side), held in sides.items():
            step = min(PORT, (self.m.width - 24) / len(held))
            for order, (_x, place, end) in enumerate(sorted(held)):
                shift = (order - (len(held) - 1) / 2) * step
                found[place, end, side] = self.middle(key) + shift
        return found

    def _way(self, arrow: Arrow) -> tuple[str, list[Point], int]:
        """The path, places for its label (best first), and the gap between rows they lie in."""
        row = self.graph.boxes[arrow.source].row
        if arrow.source == arrow.target:
            x, y = self.middle(arrow.source) + self.m.width / 2, self.top(row) + self.m.height / 2
            out = x + LOOP
            path = f"M{x:.0f} {y - 8:.0f}C{out:.0f} {y - 20:.0f} {out:.0f} {y + 20:.0f} {x:.0f} {y + 8:.0f}"
            return path, [(out - 8, y)], -1
        place = self.graph.arrows.index(arrow)
        begins, ends = self._sides(arrow)
        x1, x2 = self.ports[place, "begin", begins], self.ports[place, "end", ends]
        y1 = self.top(row) + (self.m.height if begins == "bottom" else 0)
        if self._flat(arrow):
            dip = y1 + self.m.down * 0.85
            path = f"M{x1:.0f} {y1:.0f}C{x1:.0f} {dip:.0f} {x2:.0f} {dip:.0f} {x2:.0f} {y1:.0f}"
            return path, [((x1 + x2) / 2, y1 + self.m.down * part) for part in (0.64, 0.4, 0.85)], row
        points: list[Point] = [(x1, y1)]
        down = begins == "bottom"
        for key in arrow.bends:
            box = self.graph.boxes[key]
            upper, lower = self.top(box.row), self.top(box.row) + self.m.height
            points += [(self.middle(key), y) for y in ((upper, lower) if down else (lower, upper))]
        last = self.graph.boxes[arrow.target].row
        points.append((x2, self.top(last) + (0 if down else self.m.height)))
        spots = [_on_curve(points[0], points[1], part) for part in ROWS]
        return _curve(points), spots, row if down else row - 1

    def _label(self, arrow: Arrow, spots: list[Point], gap: int) -> Drawn:
        """The number (and the name) of an arrow, where it hides no other one if that can be helped."""
        words = translate(arrow.step.label) if self.m.words and gap >= 0 else ""
        width, height = 12.0 + 7 * len(str(arrow.number)), 20.0
        width += min(_length(words), 112.0) + 6 if words else 0
        spot, clear = 0, False
        for order, (x, _y) in enumerate(spots):
            held = self.taken[gap, order]
            if gap < 0 or all(x + width / 2 < a or x - width / 2 > b for a, b in held):
                spot, clear = order, True
                break
        x, y = spots[spot]
        if not clear:
            x = max(b for _a, b in self.taken[gap, spot]) + width / 2 + 4
        x = max(x, width / 2 + 2)
        self.taken[gap, spot].append((x - width / 2 - 3, x + width / 2 + 3))
        return Drawn(f"{arrow.step.key}", words, x - width / 2, y - height / 2, width, height)


def _curve(points: list[Point]) -> str:
    """Through all points, straight up or down at each of them."""
    path = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = (y1 + y2) / 2
        path += f"C{x1:.0f} {middle:.0f} {x2:.0f} {middle:.0f} {x2:.0f} {y2:.0f}"
    return path


def _on_curve(start: Point, end: Point, part: float) -> Point:
    (x1, y1), (x2, y2), rest = start, end, 1 - part
    near, far = rest**3 + 3 * rest**2 * part, part**3 + 3 * rest * part**2
    middle = (y1 + y2) / 2
    y = y1 * rest**3 + 3 * middle * rest * part * (rest + part) + y2 * part**3
    return x1 * near + x2 * far, y


def _length(words: str) -> float:
    """About how wide words are in 12 px."""
    return sum(12.0 if unicodedata.east_asian_width(sign) in "WF" else 6.8 for sign in words)
