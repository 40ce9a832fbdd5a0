"""The answers of the commands."""

from __future__ import annotations

import html
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from infodyn._ask import Floats, RefusedError
from infodyn._results import Estimate, Result, Table, axes, banded, column, estimate, flat, frozen

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from infodyn._law import Law
    from infodyn._schedule import Schedule

LEVEL = ("t", "alpha", "sigma", "sigma_over_alpha", "snr", "log_snr")


class Profile(Result):
    """Quantities along a noise process, an array each, and their errors beside them.

    A quantity that was not asked for, or does not exist for the law, is no attribute; at a level where it has no
    number it is NaN. Rates are in nats per unit of the process's own time.
    """

    t: Floats
    alpha: Floats
    sigma: Floats
    sigma_over_alpha: Floats
    snr: Floats
    log_snr: Floats
    marginal_entropy: Floats
    marginal_entropy_error: Floats
    marginal_entropy_rate: Floats
    marginal_entropy_rate_error: Floats
    conditional_entropy: Floats
    conditional_entropy_error: Floats
    conditional_entropy_rate: Floats
    conditional_entropy_rate_error: Floats
    mutual_information: Floats
    mutual_information_error: Floats
    mean_score_divergence: Floats
    mean_score_divergence_error: Floats
    mean_score_norm2: Floats
    mean_score_norm2_error: Floats
    mmse: Floats
    mmse_error: Floats
    bandwidth_fraction: Floats
    bandwidth_fraction_error: Floats
    label_entropy: Floats
    label_entropy_error: Floats
    label_entropy_rate: Floats
    label_entropy_rate_error: Floats
    label_posterior_entropy_variance: Floats
    label_posterior_entropy_variance_error: Floats
    label_surprisal_variance: Floats
    label_surprisal_variance_error: Floats
    posterior_entropy_variance: Floats
    posterior_entropy_variance_error: Floats
    surprisal_variance: Floats
    surprisal_variance_error: Floats
    posterior_square_trace: Floats
    posterior_square_trace_error: Floats
    clone_agreement: Floats
    clone_agreement_error: Floats
    mean_top_eigenvalue: Floats
    mean_top_eigenvalue_error: Floats

    # Names of the quantities that there are.
    quantities: tuple[str, ...]

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(document)
        points = document["points"]
        names = dict.fromkeys(name for point in points for name in point if name not in LEVEL)
        self._set(quantities=tuple(names), **{name: column(points, name) for name in LEVEL})
        for name in names:
            self._set(**{name: column(points, name, "value"), f"{name}_error": column(points, name, "error")})

    def __getattr__(self, name: str) -> Any:
        if name.removesuffix("_error") in Profile.__annotations__:
            known = ", ".join(self.__dict__.get("quantities", ()))
            raise AttributeError(f"{name}: not asked for, or not of this law; there are {known}")
        raise AttributeError(name)

    def methods(self, quantity: str) -> tuple[str, ...]:
        """How a quantity was computed, level by level."""
        return tuple(point.get(quantity, {}).get("method", "") for point in self._document["points"])

    def __len__(self) -> int:
        return len(self.t)

    def _table(self) -> Table:
        columns: dict[str, NDArray[Any]] = {"t": self.t, "snr": self.snr}
        for name in self.quantities:
            columns |= {name: getattr(self, name), f"{name}_error": getattr(self, f"{name}_error")}
        return Table(columns)

    def to_frame(self) -> Any:
        columns = dict(self._table())
        return Table({name: getattr(self, name) for name in LEVEL} | columns).to_frame()

    def _shown(self, quantities: tuple[str, ...] | None) -> tuple[str, ...]:
        usual = ("label_entropy", "mutual_information", "mmse", "conditional_entropy_rate")
        return quantities or tuple(q for q in usual if q in self.quantities) or self.quantities[:1]

    def _curves(self) -> tuple[str, Floats, list[tuple[str, Floats]]]:
        return "log snr: noise to data", self.log_snr, [(q, getattr(self, q)) for q in self._shown(None)]

    def plot(self, ax: Axes | None = None, *, quantities: tuple[str, ...] | None = None) -> Axes:
        """Quantities against the signal-to-noise ratio, noise at the left; rates per unit of ``log_snr``."""
        ax = axes(ax)
        wanted = quantities or tuple(q for q in self._shown(None) if q in ("label_entropy", "mutual_information"))
        for name in wanted or self._shown(None):
            y, error = getattr(self, name), getattr(self, f"{name}_error")
            banded(ax, self.snr, y, error, name.replace("_", " "))
        ax.set_xscale("log")
        ax.set_xlabel("signal-to-noise ratio: from noise to data")
        ax.set_ylabel("nats")
        ax.legend()
        return ax


class Critical(Result):
    """Fixed points, bifurcations, peaks, speciation and collapse of a law along a process.

    Times and ratios are those of the process; in the tables ``error`` is that of ``snr``, and of ``fixed_points`` that
    of ``at``.
    """

    snr_range: tuple[float, float]
    fixed_points: Table
    bifurcations: Table
    peaks: Table
    speciation: Table
    pairs: Table
    guidance_window: Mapping[str, Mapping[str, float]] | None
    collapse: Mapping[str, Any] | None
    sigma_min: Estimate
    sigma_max: Estimate
    sigma_data: Estimate
    sigma_data_about_mean: Estimate

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(document)
        found = self.to_dict()
        low, high = found["snr_range"]
        sizes = found["sigma_data"]
        self._set(
            snr_range=(low, high),
            **{n: Table.of(found.get(n, [])) for n in ("fixed_points", "bifurcations", "peaks", "speciation", "pairs")},
            guidance_window=found.get("guidance_window"),
            collapse=found.get("collapse"),
            sigma_min=estimate(found["sigma_min"]),
            sigma_max=estimate(found["sigma_max"]),
            sigma_data=estimate(sizes["about_zero"]),
            sigma_data_about_mean=estimate(sizes["about_mean"]),
        )

    def _table(self) -> Table:
        return self.bifurcations

    def _parts(self) -> list[tuple[str, Table]]:
        parts = [(n, getattr(self, n)) for n in ("bifurcations", "speciation", "peaks", "pairs")]
        return [(n, t) for n, t in parts if len(t)]

    def __repr__(self) -> str:
        parts = [f"{name}\n{table!r}" for name, table in self._parts()]
        return "\n".join(self._lines()) + "\n\n" + "\n\n".join(parts)

    def _lines(self) -> list[str]:
        """What stands above the tables."""
        lines = [self._title()]
        if self.guidance_window:
            opens, closes = (self.guidance_window[end]["snr"] for end in ("opens", "closes"))
            lines.append(f"guidance window: snr {opens:.5g} to {closes:.5g}")
        return [*lines, f"sigma_data {self.sigma_data!r}; sigma_min {self.sigma_min!r}; sigma_max {self.sigma_max!r}"]

    def _repr_html_(self) -> str:
        lines = [f"<p>{html.escape(line)}</p>" for line in self._lines()]
        return "".join(lines + [f"<p>{name}</p>{table._repr_html_()}" for name, table in self._parts()])

    def plot(self, ax: Axes | None = None) -> Axes:
        """The first coordinate of the fixed points of the marginal energy, stable and unstable; lines at bifurcations,
        peaks of the label's rate and speciation.
        """
        ax = axes(ax)
        entries = [p for p in self._document["fixed_points"] if p["energy"] == "marginal"]
        for stable, label, marker in ((True, "stable", "o"), (False, "unstable", "x")):
            there = [p for p in entries if p["stable"] is stable]
            ax.plot([p["snr"] for p in there], [p["at"][0] for p in there], marker, label=label, markersize=5)
        lines = [
            ("bifurcation", "-", [b["snr"] for b in self._document["bifurcations"] if b["energy"] == "marginal"]),
            (
                "peak of label rate",
                "--",
                [p["snr"] for p in self._document["peaks"] if (p["of"], p["clock"]) == ("label_entropy_rate", "log_snr")],
            ),
            ("speciation", ":", [s["snr"] for s in self._document["speciation"]][:1]),
        ]
        for i, (label, style, places) in enumerate(lines):
            for j, place in enumerate(places):
                ax.axvline(place, linestyle=style, color=f"C{2 + i}", label=label if j == 0 else None)
        ax.set_xscale("log")
        ax.set_xlabel("signal-to-noise ratio: from noise to data")
        ax.set_ylabel("fixed points, first coordinate")
        ax.legend()
        return ax


class Paths(Result):
    """Pathwise entropies, decisions and outcomes of paths between data and noise.

    ``posterior_entropy`` and ``surprisal`` are n x L: a row a path, a column a level, of increasing noise.
    """

    t: Floats
    snr: Floats
    levels: Table
    outcomes: Table
    decisions: Mapping[str, float] | None
    label: NDArray[np.int64]
    posterior_entropy: Floats
    surprisal: Floats
    decision_label: NDArray[np.int64]
    decision_t: Floats
    decision_snr: Floats

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(document)
        paths, levels = document["paths"], document["levels"]
        decided = [path.get("decision") or {} for path in paths]
        self._set(
            t=column(levels, "t"),
            snr=column(levels, "snr"),
            levels=Table.of(levels),
            outcomes=Table.of(document["outcomes"]),
            decisions=flat(document["decisions"]) if "decisions" in document else None,
            label=frozen((path["label"] for path in paths), np.int64),
            posterior_entropy=frozen(path["posterior_entropy"] for path in paths),
            surprisal=frozen(path["surprisal"] for path in paths),
            decision_label=frozen((d.get("label", -1) for d in decided), np.int64),
            decision_t=column(decided, "t"),
            decision_snr=column(decided, "snr"),
        )

    def __len__(self) -> int:
        return len(self.label)

    def _table(self) -> Table:
        keep = [n for n in self.levels if n not in ("alpha", "sigma", "sigma_over_alpha", "log_snr")]
        return Table({name: self.levels[name] for name in keep})

    def _curves(self) -> tuple[str, Floats, list[tuple[str, Floats]]]:
        names = ("label_entropy", "label_posterior_entropy_variance")
        return "log snr: noise to data", np.log(self.snr), [(n, self.levels[n]) for n in names]

    def plot(self, ax: Axes | None = None) -> Axes:
        """The pathwise entropy along the first forty paths, and its mean over all."""
        ax = axes(ax)
        for label, path in list(zip(self.label, self.posterior_entropy))[:40]:
            ax.plot(self.snr, path, color=f"C{int(label) % 10}", alpha=0.3, linewidth=0.8)
        ax.plot(self.snr, self.levels["label_entropy"], color="black", label="mean of all")
        ax.set_xscale("log")
        ax.set_xlabel("signal-to-noise ratio: from noise to data")
        ax.set_ylabel("entropy of the label given the path, nats")
        ax.legend()
        return ax


class Guidance(Result):
    """Where guidance toward a class spends its budget, and how far what comes out is from the class."""

    stretches: Table
    effects: Table

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(document)
        stretches = []
        for s in document["stretches"]:
            spent = {f"spent_{i}": one for i, one in enumerate(s["spent"])}
            stretches.append({"t": s["to"].get("t"), "snr": s["to"]["snr"], "decided": s["decided"], **spent})
        self._set(stretches=Table.of(stretches), effects=Table.of(document["effects"]))

    def _table(self) -> Table:
        return self.effects


class Study(Result):
    """How far samplers end from the exact flow, by clock and number of evaluations: a row each of ``table``."""

    clocks: tuple[str, ...]
    table: Table
    standings: Table

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(document)
        rows = []
        for row in document["rows"]:
            for clock, cell in zip(document["clocks"], row["cells"]):
                if cell is not None:
                    named = {"sampler": row["sampler"], "evaluations": row["evaluations"], "clock": clock}
                    rows.append(named | {"distance": cell["distance"], "relabelled": cell["relabelled"]})
        self._set(clocks=tuple(document["clocks"]), table=Table.of(rows), standings=Table.of(document["standings"]))

    def _table(self) -> Table:
        return self.table

    def plot(self, ax: Axes | None = None, *, sampler: str = "euler") -> Axes:
        """Distance from the exact flow against evaluations, a line a clock."""
        ax = axes(ax)
        for clock in self.clocks:
            there = (self.table["sampler"] == sampler) & (self.table["clock"] == clock)
            x, y, error = (self.table[n][there] for n in ("evaluations", "distance", "distance_error"))
            if len(x):
                ax.errorbar(x, y, error, label=clock, capsize=2)
        counts = np.unique(self.table["evaluations"][self.table["sampler"] == sampler])
        ax.set_xscale("log")
        ax.set_xticks(counts, [str(n) for n in counts])
        ax.minorticks_off()
        ax.set_yscale("log")
        ax.set_xlabel(f"evaluations of the denoiser, by {sampler}")
        ax.set_ylabel("distance from the exact flow")
        ax.legend(fontsize="small", ncols=2)
        return ax


class Fit(Result):
    """A law behind a data set, and how well it holds on points held out."""

    law: Law
    log_likelihood: Estimate | None
    denoising: Table
    tried: Table

    def __init__(self, document: dict[str, Any], law: Law) -> None:
        super().__init__(document)
        self._set(
            law=law,
            log_likelihood=estimate(document.get("log_likelihood")),
            denoising=Table.of(document["denoising"]),
            tried=Table.of(document.get("tried", [])),
        )

    def _table(self) -> Table:
        return self.denoising


class Samples(Result):
    """Samples, n x D, and the label of each."""

    points: Floats
    labels: NDArray[np.int64]

    def __init__(self, document: dict[str, Any], points: Floats, labels: NDArray[np.int64]) -> None:
        super().__init__(document)
        points.flags.writeable = labels.flags.writeable = False
        self._set(points=points, labels=labels)

    def __len__(self) -> int:
        return len(self.points)

    def _table(self) -> Table:
        coordinates = {f"x{i}": self.points[:, i] for i in range(self.points.shape[1])}
        return Table({"label": self.labels, **coordinates})


class Audit(Result):
    """Whether a model is the denoiser that it is declared to be, level by level.

    ``table`` has a row a level; ``trusted`` are the ends of the longest run of levels at which the model does as well as
    the best linear filter and its divergence agrees with its error, or None.
    """

    verdict: Literal["accepted", "warning", "refused"]
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    trusted: tuple[float, float] | None
    table: Table

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(document)
        trusted = document.get("trusted")
        self._set(
            verdict=document["verdict"],
            reasons=tuple(document["reasons"]),
            warnings=tuple(document["warnings"]),
            trusted=None if trusted is None else (trusted[0], trusted[1]),
            table=Table.of(document["levels"]),
        )

    def raise_if_refused(self) -> None:
        """Raises ``RefusedError`` with the reasons where the model is refused."""
        if self.verdict == "refused":
            raise RefusedError(self.reasons)

    def schedule(self, steps: int, **options: Any) -> Schedule:
        """Noise levels by the errors that the audit measured; as ``infodyn.schedule`` of the audit."""
        from infodyn import schedule

        return schedule(self, steps, **options)

    def _title(self) -> str:
        model = self._document["model"]
        place = "nowhere" if self.trusted is None else "from sigma {:g} to {:g}".format(*self.trusted)
        return f"Audit of {model['file']}: {self.verdict}; trusted {place}"

    def _table(self) -> Table:
        first = ["sigma", "mse", "mse_error", "linear_mmse", "gap", "gap_error", "calibration_slope", "calibration_slope_error"]
        names = [n for n in first if n in self.table]
        return Table({n: self.table[n] for n in names + [n for n in self.table if n not in (*names, "t")]})

    def _said(self) -> list[str]:
        return [f"refused: {r}" for r in self.reasons] + [f"warning: {w}" for w in self.warnings]

    def __repr__(self) -> str:
        return "\n".join([super().__repr__(), *self._said()])

    def _repr_html_(self) -> str:
        return super()._repr_html_() + "".join(f"<p>{html.escape(line)}</p>" for line in self._said())

    def _curves(self) -> tuple[str, Floats, list[tuple[str, Floats]]] | None:
        if "mse" not in self.table:
            return None
        return "log sigma", np.log(self.table["sigma"]), [(n, np.log(self.table[n])) for n in ("mse", "linear_mmse")]

    def plot(self, ax: Axes | None = None) -> Axes:
        """The model's error beside a Wiener filter's, and the trusted levels shaded."""
        ax = axes(ax)
        sigma = self.table["sigma"]
        if "mse" in self.table:
            ax.errorbar(sigma, self.table["mse"], self.table["mse_error"], label="model", marker=".", capsize=2)
            ax.plot(sigma, self.table["linear_mmse"], "--", label="Wiener filter")
        ax.axhline(self._document["variance"], color="grey", linewidth=0.8, label="constant mean")
        if self.trusted is not None:
            ax.axvspan(*self.trusted, alpha=0.12, color="C2", linewidth=0, label="trusted")
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.set_xlabel("noise level, sigma/alpha")
        ax.set_ylabel("mean square error")
        ax.legend()
        return ax


class Checked(Result):
    """Whether a statement survived, and the smallest law on which it is false.

    ``counterexample`` is that law, or None; the statement is false on it under ``process`` at ``snr``, of the label ``label`` and at
    ``point`` where it speaks of those. ``sides`` has a row a method that computed both sides there; ``enclosed`` says
    whether they are proved. ``families`` has what a survivor rests on, ``hypotheses`` and ``edits`` what a refuted
    statement survives under.
    """

    statement: str
    verdict: Literal["survived", "refuted", "undecided"]
    why: str | None
    counterexample: Law | None
    process: str | None
    snr: float | None
    label: int | None
    point: Floats | None
    enclosed: bool
    sides: Table
    families: Table
    hypotheses: Table
    edits: Table

    def __init__(self, document: dict[str, Any], counterexample: Law | None) -> None:
        super().__init__(document)
        found, rescues = document.get("counterexample", {}), document.get("explanation", {})
        point, words = found.get("point"), shlex.split(found.get("command", ""))
        self._set(
            statement=document["statement"],
            verdict=document["verdict"],
            why=document.get("why"),
            counterexample=counterexample,
            process=words[words.index("--process") + 1] if "--process" in words else None,
            snr=found.get("snr"),
            label=found.get("label"),
            point=None if point is None else frozen(point),
            enclosed=found.get("enclosed", False),
            sides=Table.of(found.get("routes", [])),
            families=Table.of(document.get("tried", {}).get("families", [])),
            hypotheses=Table.of(rescues.get("hypotheses", [])),
            edits=Table.of(rescues.get("edits", [])),
        )

    def _title(self) -> str:
        place = ""
        if self.counterexample is not None:
            proved = ", enclosed," if self.enclosed else ""
            level = "" if self.snr is None else f" at snr {self.snr:.5g}"
            place = f"{proved} on {self.counterexample!r} under {self.process}{level}"
        why = "" if self.why is None else f": {self.why}"
        return f"{self.statement}: {self.verdict}{place}{why}"

    def _table(self) -> Table:
        return self.families if self.counterexample is None else self.sides

    def _parts(self) -> list[tuple[str, Table]]:
        survives = [("survives under", self.hypotheses), ("survives with", self.edits)]
        return [(name, table) for name, table in survives if len(table)]

    def __repr__(self) -> str:
        return "\n".join([super().__repr__(), *(f"\n{name}\n{table!r}" for name, table in self._parts())])

    def _repr_html_(self) -> str:
        return super()._repr_html_() + "".join(f"<p>{name}</p>{table._repr_html_()}" for name, table in self._parts())


class Verification(Result):
    """The claims of the theory, checked: a row each of ``claims``."""

    verdict: str
    claims: Table

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(document)
        names = ("id", "name", "verdict", "says", "power", "slack")
        rows = [{n: claim[n] for n in names if n in claim} for claim in document["claims"]]
        self._set(verdict=document["verdict"], claims=Table.of(rows))

    @property
    def holds(self) -> bool:
        """Whether every claim that was checked holds."""
        return self.verdict == "holds"

    def _table(self) -> Table:
        return self.claims
