"""Answers: small frozen objects with arrays, their errors beside them."""

from __future__ import annotations

import copy
import html
import importlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from infodyn._ask import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROWS = 20
COLUMNS = 6


class Estimate(NamedTuple):
    """A number and the radius within which the true one is."""

    value: float
    error: float

    def __repr__(self) -> str:
        return with_error(self.value, self.error)


def estimate(found: Mapping[str, Any] | None) -> Estimate | None:
    return None if found is None else Estimate(found["value"], found["error"])


def short(x: float) -> str:
    return f"{x:.5g}"


def with_error(value: float, error: float) -> str:
    """``value ± error`` with two digits of the error in the value, nine digits at most; what is cut off counts."""
    if not math.isfinite(value):
        return ""
    if not (math.isfinite(error) and error > 0.0):
        return short(value)
    size = 0 if value == 0.0 else math.floor(math.log10(abs(value)))
    places = min(1 - math.floor(math.log10(error)), 8 - size)
    error = max(error, 0.5 * 10.0**-places)
    if -4 <= size < 7 and places >= 0:
        return f"{value:.{places}f} ± {error:.0e}"
    return f"{value:.{max(0, size + places)}e} ± {error:.0e}"


def frozen(values: Iterable[Any], dtype: Any = np.float64) -> NDArray[Any]:
    array = np.array(list(values), dtype=dtype)
    array.flags.writeable = False
    return array


def column(entries: Sequence[Mapping[str, Any]], name: str, part: str | None = None) -> Floats:
    """A number of each entry, or of the estimate that stands there; NaN where there is none."""

    def number(entry: Mapping[str, Any]) -> float:
        found = entry.get(name)
        if part is not None and isinstance(found, Mapping):
            found = found.get(part)
        return math.nan if found is None else float(found)

    return frozen(map(number, entries))


def flat(entry: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The fields of an entry, those of a part under its name; of an estimate NAME and NAME_error."""
    row: dict[str, Any] = {}
    for name, value in entry.items():
        if isinstance(value, Mapping):
            parts = flat(value, f"{prefix}{name}_")
            if "value" in value:
                parts[prefix + name] = parts.pop(f"{prefix}{name}_value")
            row.update(parts)
        else:
            row[prefix + name] = value
    return row


class Table(Mapping[str, NDArray[Any]]):
    """Columns of one length by their names; of a number NAME there is NAME_error beside it."""

    __slots__ = ("_columns",)

    def __init__(self, columns: Mapping[str, NDArray[Any]]) -> None:
        self._columns = dict(columns)

    @classmethod
    def of(cls, entries: Sequence[Mapping[str, Any]]) -> Table:
        """One row an entry. What some entries lack is NaN, or None where it is no number."""
        rows = [flat(entry) for entry in entries]
        names = list(dict.fromkeys(name for row in rows for name in row))
        columns: dict[str, NDArray[Any]] = {}
        for name in names:
            cells = [row.get(name) for row in rows]
            there = [c for c in cells if c is not None]
            if all(isinstance(c, bool) for c in there) and len(there) == len(cells):
                columns[name] = frozen(cells, np.bool_)
            elif all(isinstance(c, int) and not isinstance(c, bool) for c in there) and len(there) == len(cells):
                columns[name] = frozen(cells, np.int64)
            elif all(isinstance(c, int | float) for c in there):
                columns[name] = frozen(math.nan if c is None else c for c in cells)
            else:
                array = np.empty(len(cells), dtype=object)
                array[:] = [tuple(c) if isinstance(c, list) else c for c in cells]
                array.flags.writeable = False
                columns[name] = array
        return cls(columns)

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def to_frame(self) -> Any:
        """A data frame of pandas, or of polars where there is no pandas."""
        columns = {name: list(c) if c.dtype == object else c for name, c in self.items()}
        for library in ("pandas", "polars"):
            try:
                return importlib.import_module(library).DataFrame(columns)
            except ModuleNotFoundError as missing:
                if missing.name != library:
                    raise
        raise ModuleNotFoundError("to_frame: neither pandas nor polars is installed, expected one of them")

    def _main(self) -> list[str]:
        """The columns but those that say how, and how well, another one is known."""
        beside = ("_error", "_std_error", "_level", "_method", "_samples")
        return [n for n in self if not any(n.endswith(b) and n.removesuffix(b) in self for b in beside)]

    def _cells(self) -> tuple[list[str], list[list[str]], int]:
        """Header and rows of a screen, and how many rows there are in all."""
        shown = self._main()[:COLUMNS]
        count = len(next(iter(self.values()))) if self._columns else 0
        rows = list(range(count))
        if count > ROWS:
            rows = rows[: ROWS // 2] + rows[-(ROWS // 2) :]

        def cell(name: str, i: int) -> str:
            value = self[name][i]
            if isinstance(value, tuple):
                more = ", ..." if len(value) > 3 else ""
                return "(" + ", ".join(short(v) if isinstance(v, float) else str(v) for v in value[:3]) + more + ")"
            if not isinstance(value, float | np.floating):
                return "" if value is None else str(value)
            error = self.get(f"{name}_error")
            return with_error(float(value), math.nan if error is None else float(error[i]))

        return shown, [[cell(name, i) for name in shown] for i in rows], count

    def __repr__(self) -> str:
        header, rows, count = self._cells()
        widths = [max(map(len, cells)) for cells in zip(header, *rows)] if rows else [len(h) for h in header]
        lines = ["  ".join(c.rjust(w) for c, w in zip(row, widths)) for row in [header, *rows]]
        if count > ROWS:
            lines.insert(1 + ROWS // 2, f"... {count - ROWS} more rows")
        return "\n".join(lines + self._left(header))

    def _left(self, header: list[str]) -> list[str]:
        """A line on the columns that are not shown, if there are any."""
        left = len(self._main()) - len(header)
        return [f"and {left} more column{'' if left == 1 else 's'}: see to_frame()"] if left > 0 else []

    def _repr_html_(self) -> str:
        header, rows, count = self._cells()
        style = 'style="white-space:nowrap;padding:0 .6em;text-align:right"'
        head = "".join(f"<th {style}>{html.escape(h)}</th>" for h in header)
        body = ["<tr>" + "".join(f"<td {style}>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows]
        if count > ROWS:
            body.insert(ROWS // 2, f'<tr><td colspan="{len(header)}">... {count - ROWS} more rows</td></tr>')
        left = "".join(f"<p>{line}</p>" for line in self._left(header))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>{left}"


class Result:
    """What every answer has: the program's JSON, a table of its main numbers, and pictures."""

    _document: dict[str, Any]

    def __init__(self, document: dict[str, Any]) -> None:
        object.__setattr__(self, "_document", document)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen, cannot set {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen, cannot delete {name}")

    def _set(self, **fields: Any) -> None:
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def to_dict(self) -> dict[str, Any]:
        """The answer as ``infodyn ... --json`` prints it."""
        return copy.deepcopy(self._document)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was left out, approximated, or read as something else than it may seem."""
        return tuple(self._document.get("notes", [])) + tuple(self._document.get("law", {}).get("notes", []))

    def _table(self) -> Table:
        raise NotImplementedError

    def _title(self) -> str:
        law, process = self._document.get("law"), self._document.get("process")
        parts = [type(self).__name__]
        if law:
            plural = "" if law["components"] == 1 else "s"
            parts.append(f"{law['kind']}, {law['components']} component{plural} in dimension {law['dim']}")
        if process:
            parts.append(f"process {process['name']}")
        return "; ".join(parts)

    def _curves(self) -> tuple[str, Floats, list[tuple[str, Floats]]] | None:
        """What the small picture shows: the name of the horizontal axis, its values, and curves."""
        return None

    def to_frame(self) -> Any:
        """The main numbers as a data frame of pandas, or of polars where there is no pandas."""
        return self._table().to_frame()

    def __repr__(self) -> str:
        return f"{self._title()}\n{self._table()!r}"

    def _repr_html_(self) -> str:
        curves = self._curves()
        picture = svg(*curves) if curves else ""
        return f"<p>{html.escape(self._title())}</p>{picture}{self._table()._repr_html_()}"


COLOURS = ("#1b6ca8", "#c2571a", "#2a7f4f", "#8a4fa3", "#7a6a1c", "#555555")


def svg(across: str, x: Floats, curves: list[tuple[str, Floats]]) -> str:
    """Curves in one small frame, each from its least to its largest value, which its name tells."""
    width, height, left, top = 420, 150, 12, 10
    if len(x) < 2 or not np.isfinite(x).all() or x.max() <= x.min():
        return ""
    places = left + (width - 2 * left) * (x - x.min()) / (x.max() - x.min())
    lines, names = [], []
    for i, (name, y) in enumerate(curves):
        good = np.isfinite(y)
        if good.sum() < 2:
            continue
        low, high = float(y[good].min()), float(y[good].max())
        heights = top + height * (1.0 - (y - low) / ((high - low) or 1.0))
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b, g in zip(places, heights, good) if g)
        colour = COLOURS[i % len(COLOURS)]
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        said = html.escape(f"{name}: {short(low)} to {short(high)}")
        names.append(f'<text x="{left}" y="{top + height + 34 + 15 * i}" fill="{colour}">{said}</text>')
    below = top + height + 15
    ends = (
        f'<text x="{left}" y="{below}" fill="#555">{short(float(x.min()))}</text>'
        f'<text x="{width / 2}" y="{below}" fill="#555" text-anchor="middle">{html.escape(across)}</text>'
        f'<text x="{width - left}" y="{below}" fill="#555" text-anchor="end">{short(float(x.max()))}</text>'
    )
    frame = f'<rect x="{left}" y="{top}" width="{width - 2 * left}" height="{height}" fill="none" stroke="#bbb"/>'
    size = f'width="{width}" height="{top + height + 30 + 15 * len(curves)}"'
    style = 'style="background:#fff" font-family="sans-serif" font-size="12"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>{frame}{ends}{"".join(lines + names)}</svg>'


def axes(ax: Axes | None) -> Axes:
    """The axes given, or new ones."""
    if ax is not None:
        return ax
    import matplotlib.pyplot

    return matplotlib.pyplot.subplots(layout="constrained")[1]


def banded(ax: Axes, x: Floats, y: Floats, error: Floats, label: str) -> None:
    """A curve in the band of its errors."""
    order = np.argsort(x)
    x, y, error = x[order], y[order], error[order]
    (line,) = ax.plot(x, y, label=label)
    ax.fill_between(x, y - error, y + error, color=line.get_color(), alpha=0.25, linewidth=0)
