"""Schedules, and the units of the libraries that step through them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infodyn._ask import Floats, ask, numbers
from infodyn._results import Estimate, Result, Table, axes, column, estimate, frozen

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from infodyn._law import Law

TABLES = {
    "linear": "ddpm-linear:b0={beta_start!r},b1={beta_end!r},n={num_train_timesteps}",
    "scaled_linear": "ddpm-scaled-linear:b0={beta_start!r},b1={beta_end!r},n={num_train_timesteps}",
    "squaredcos_cap_v2": "ddpm-cosine:n={num_train_timesteps}",
}
# Flags of schedulers that put a spacing of their own in the place of the levels, or of what comes of them.
SPACINGS = ("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas")
RAMP = {"sigma_min": 0.002, "sigma_max": 80.0, "rho": 7.0}


class Schedule(Result):
    """Noise levels ``sigma/alpha`` that fall and end in 0, and what they cost.

    It is a sequence: ``len(s)`` is the number of steps, ``s[i]`` a level, and ``np.asarray(s)`` all of them.
    """

    sigmas: Floats
    errors: Floats
    times: Floats
    clock: str
    steps: int
    convention: str
    path_kl: float | None
    path_kl_error: float | None
    measured: Estimate | None
    costs: Table

    def __init__(self, document: dict[str, Any], flags: dict[str, Any], law: Law | None = None) -> None:
        super().__init__(document)
        costs = document.get("costs", [])
        own = estimate(costs[0].get("path_divergence")) if costs else None
        measured = costs[0].get("measured") if costs else None
        keep = ("clock", "last", "path_divergence")
        self._set(
            sigmas=frozen(document.get("sigmas", [])),
            errors=frozen(document.get("errors", [])),
            times=frozen(document.get("times", [])),
            clock=document["clock"],
            steps=document["steps"],
            convention=document["convention"],
            path_kl=own and own.value,
            path_kl_error=own and own.error,
            measured=estimate(measured["distance"]) if measured else None,
            costs=Table.of([{n: c[n] for n in keep if n in c} for c in costs]),
            _flags=flags,
            _law=law,
        )

    # The question, for exports of lists that begin at noise alone; its law, so that its file lasts.
    _flags: dict[str, Any]
    _law: Law | None

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, i: int) -> float:
        return float(self.sigmas[i])

    def __iter__(self) -> Iterator[float]:
        return iter(self.sigmas.tolist())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.sigmas, dtype=dtype)

    def export(self, format: str, **options: Any) -> dict[str, Any]:
        """The list as a library takes it: the ``export`` of ``infodyn schedule --format``, of the same name.

        ``options`` are ``table``, ``shift``, ``mu``, ``time_shift`` and ``shift_terminal``.
        """
        flags = {"sigmas": numbers(self.sigmas[:-1])} if len(self.sigmas) else self._flags
        found: dict[str, Any] = ask("schedule", {**flags, "format": format, **options})["export"]
        return found

    def k_diffusion(self) -> Floats:
        """The levels with the final 0, in double precision: ``torch.as_tensor`` of them is what samplers take."""
        return np.array(self.export("k-diffusion")["values"])

    def flow(self, shift: float = 1.0) -> Floats:
        """Flow times without the final 0, for a scheduler that applies ``shift`` to them."""
        return np.array(self.export("diffusers-flow-euler", shift=float(shift))["values"])

    def timesteps(self, table: str = "ddpm-scaled-linear") -> NDArray[np.int64]:
        """Whole steps of a training table, the nearest in ``log sigma``."""
        return np.array(self.export("timesteps", table=table)["values"]).astype(np.int64)

    def comfyui(self) -> str:
        """The string that the node ``ManualSigmas`` reads."""
        text: str = self.export("comfyui")["text"]
        return text

    def diffusers(self, scheduler: object, *, mu: float | None = None, table: str | None = None) -> dict[str, Any]:
        """The keywords of ``scheduler.set_timesteps`` that make it step through these levels.

        ``scheduler`` is a scheduler of diffusers, whose ``config`` is read, or the name of its class, which then has its
        defaults, but for the training table: that is a model's, and ``table`` names it. ``mu`` is what dynamic shifting
        will be given.

        Raises ``ValueError`` where the scheduler cannot be told these levels, with what to use instead.
        """
        name = scheduler if isinstance(scheduler, str) else type(scheduler).__name__
        config = Config(name, getattr(scheduler, "config", None))
        options: dict[str, Any] = {}
        if name == "EDMEulerScheduler":
            config.needs("sigma_schedule", "karras")
            for field, value in RAMP.items():
                config.needs(field, value)
            config.needs("final_sigmas_type", "zero")
        elif name == "FlowMatchEulerDiscreteScheduler":
            options = config.shifts(mu)
        elif name == "UniPCMultistepScheduler":
            if not isinstance(scheduler, str):
                config.needs("use_flow_sigmas", True, default=False)
            config.has_no_spacing()
            config.needs("use_dynamic_shifting", False)
            config.needs("shift_terminal", None)
            config.needs("final_sigmas_type", "zero")
            options["shift"] = config.read("flow_shift", 1.0)
        elif name != "EulerDiscreteScheduler":
            config.has_no_spacing()
            if name.startswith("DPMSolver"):
                config.needs("use_flow_sigmas", False)
                config.needs("final_sigmas_type", "zero")
        if name != "FlowMatchEulerDiscreteScheduler" and mu is not None:
            raise ValueError(f"mu: {mu} for {name}, expected none: it has no dynamic shifting")
        if name in ("EDMEulerScheduler", "FlowMatchEulerDiscreteScheduler", "UniPCMultistepScheduler"):
            if table is not None:
                raise ValueError(f"table: {table} for {name}, expected none: it steps through no training table")
        else:
            options["table"] = table or config.table()
        found = self.export(name, **options)
        values = found["values"]
        if found["format"] == "diffusers-edm-euler":
            return {"sigmas": tensor(values)}
        if found["format"] == "diffusers-unipc":
            return {"sigmas": np.array(values)}
        if found["format"] in ("diffusers-euler", "diffusers-flow-euler"):
            return {"sigmas": values} | ({} if mu is None else {"mu": mu})
        whole = found["format"] == "timesteps"
        return {"timesteps": [int(v) for v in values] if whole else values}

    def _table(self) -> Table:
        return Table({"sigma": self.sigmas, "sigma_error": self.errors})

    def _title(self) -> str:
        price = ""
        if self.path_kl is not None and self.path_kl_error is not None:
            price = f"; path divergence {Estimate(self.path_kl, self.path_kl_error)!r} nats"
        return f"Schedule: clock {self.clock}, {self.steps} steps{price}"

    def _curves(self) -> tuple[str, Floats, list[tuple[str, Floats]]] | None:
        if len(self.sigmas) < 3:
            return None
        return "step", np.arange(self.steps, dtype=np.float64), [("log sigma", np.log(self.sigmas[:-1]))]

    def plot(self, ax: Axes | None = None) -> Axes:
        """The levels, step by step; the final 0 is left out."""
        ax = axes(ax)
        ax.errorbar(range(len(self.sigmas) - 1), self.sigmas[:-1], self.errors[:-1], marker="o", capsize=2, label=self.clock)
        ax.set_yscale("log")
        ax.set_xlabel("step")
        ax.set_ylabel("noise level, sigma/alpha")
        ax.legend()
        return ax


class Config:
    """What a scheduler says of itself, by attribute or by name; or nothing."""

    def __init__(self, name: str, config: Any) -> None:
        self.name, self.config = name, config

    def read(self, field: str, default: Any = None) -> Any:
        if isinstance(self.config, Mapping):
            found = self.config.get(field)
        else:
            found = getattr(self.config, field, None)
        return default if found is None else found

    def needs(self, field: str, value: Any, default: Any = ...) -> None:
        found = self.read(field, value if default is ... else default)
        if found != value:
            raise ValueError(f"{self.name}: {field} = {found!r}, expected {value!r}: else it cannot be told its levels")

    def has_no_spacing(self) -> None:
        for field in SPACINGS:
            if self.read(field, False):
                raise ValueError(f"{self.name}: {field} = True, expected False: it puts other levels in their place")

    def table(self) -> str | None:
        """The training table; None where there is no config to tell it."""
        if self.config is None:
            return None
        if self.read("trained_betas") is not None:
            raise ValueError(f"{self.name}: trained_betas are given, expected a beta_schedule that has a name")
        kind = self.read("beta_schedule", "linear")
        if kind not in TABLES:
            raise ValueError(f"{self.name}: beta_schedule = {kind!r}, expected one of {', '.join(TABLES)}")
        numbers = {"beta_start": float(self.read("beta_start", 1e-4)), "beta_end": float(self.read("beta_end", 0.02))}
        table = TABLES[kind].format(num_train_timesteps=int(self.read("num_train_timesteps", 1000)), **numbers)
        return table + (",zero-snr" if self.read("rescale_betas_zero_snr", False) else "")

    def shifts(self, mu: float | None) -> dict[str, Any]:
        """What a flow scheduler does to its list."""
        self.has_no_spacing()
        if self.read("invert_sigmas", False):
            raise ValueError(f"{self.name}: invert_sigmas = True, expected False: it puts other levels in their place")
        options: dict[str, Any] = {"shift_terminal": self.read("shift_terminal")}
        if not self.read("use_dynamic_shifting", self.config is None and mu is not None):
            if mu is not None:
                raise ValueError(f"mu: {mu} without use_dynamic_shifting, expected none")
            return options | {"shift": self.read("shift", 1.0)}
        if mu is None:
            raise ValueError(f"{self.name}: use_dynamic_shifting = True, expected mu, as the pipeline will give it")
        return options | {"mu": mu, "time_shift": self.read("time_shift_type", "exponential")}


def tensor(values: list[float]) -> Any:
    """A tensor where torch is loaded, which the scheduler asks for; else an array, to make one of."""
    torch: Any = sys.modules.get("torch")
    return np.array(values) if torch is None else torch.tensor(values, dtype=torch.float64)
