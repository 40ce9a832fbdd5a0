"""The information dynamics of generative diffusion: laws, their quantities, schedules and audits.

Time increases with noise; entropies are in nats; every number has its error beside it. With the same seed the numbers are
those of the program ``infodyn``, bit for bit.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from infodyn import _infodyn
from infodyn._answers import Audit, Checked, Critical, Fit, Guidance, Paths, Profile, Samples, Study, Verification
from infodyn._ask import SEED, Floats, Folder, RefusedError, Seed, ask, asked, grid_word, numbers, seed_word, told, word
from infodyn._law import Law
from infodyn._parts import Part, merge, parts
from infodyn._results import Estimate, Table
from infodyn._schedule import Schedule

__version__: str = _infodyn.VERSION

__all__ = [
    "SEED",
    "Audit",
    "Checked",
    "Critical",
    "Estimate",
    "Fit",
    "Guidance",
    "Law",
    "Part",
    "Paths",
    "Profile",
    "RefusedError",
    "Samples",
    "Schedule",
    "Study",
    "Table",
    "Verification",
    "audit",
    "check",
    "convert",
    "critical",
    "fit",
    "guidance",
    "merge",
    "parts",
    "paths",
    "profile",
    "sample",
    "schedule",
    "study",
    "verify",
]


def profile(
    law: Law,
    grid: ArrayLike | str,
    *,
    process: str = "edm",
    quantities: Sequence[str] | None = None,
    method: str | None = None,
    accuracy: float | None = None,
    samples: int | None = None,
    seed: Seed = SEED,
    threads: int | None = None,
) -> Profile:
    """Every quantity of a law along a noise process, at the times ``grid``.

    ``grid`` is an array of times, or a text: ``T0:T1:N``, ``log:T0:T1:N``, ``snr:G0:G1:N``. ``quantities`` are names of
    fields of ``Profile``; ``accuracy`` is the radius asked for.
    """
    flags: dict[str, Any] = {"law": law._path, "process": process, "grid": grid_word(grid), "quantities": quantities, "method": method}
    flags |= {"accuracy": accuracy, "samples": samples, "seed": seed_word(seed), "threads": threads}
    return Profile(ask("profile", flags, law._renamed))


def critical(
    law: Law,
    *,
    process: str = "edm",
    grid: ArrayLike | str | None = None,
    samples: int | None = None,
    seed: Seed = SEED,
    threads: int | None = None,
) -> Critical:
    """Fixed points, bifurcations, peaks, speciation and collapse; ``grid`` says where fixed points are listed."""
    flags: dict[str, Any] = {"law": law._path, "process": process, "grid": None if grid is None else grid_word(grid)}
    flags |= {"samples": samples, "seed": seed_word(seed), "threads": threads}
    return Critical(ask("critical", flags, law._renamed))


def paths(
    law: Law,
    grid: ArrayLike | str,
    *,
    process: str = "edm",
    n: int = 100,
    reverse: str | None = None,
    steps: int | None = None,
    confidence: float | None = None,
    seed: Seed = SEED,
    threads: int | None = None,
) -> Paths:
    """Pathwise entropies, decisions and outcomes of ``n`` paths, read at the times ``grid``.

    ``reverse`` names a sampler of the reverse process, in place of exact paths; ``confidence`` asks when a path first
    trusts a label so much.
    """
    flags: dict[str, Any] = {"law": law._path, "process": process, "grid": grid_word(grid), "n": n, "reverse": reverse}
    flags |= {"steps": steps, "confidence": confidence, "seed": seed_word(seed), "threads": threads}
    return Paths(ask("paths", flags, law._renamed))


def guidance(
    law: Law,
    label: str | int,
    *,
    process: str = "edm",
    omega: ArrayLike | None = None,
    window: str | None = None,
    grid: ArrayLike | str | None = None,
    samples: int | None = None,
    table: str | None = None,
    seed: Seed = SEED,
    threads: int | None = None,
) -> Guidance:
    """What guidance toward a class does, for each of ``omega``; ``label`` is a name of the law, else a number."""
    flags: dict[str, Any] = {"law": law._path, "process": process, "class": str(label), "window": window, "table": table}
    flags |= {"omega": None if omega is None else numbers(omega), "grid": None if grid is None else grid_word(grid)}
    flags |= {"samples": samples, "seed": seed_word(seed), "threads": threads}
    return Guidance(ask("guidance", flags, law._renamed))


def schedule(
    source: Law | Profile | Audit | tuple[ArrayLike, ...] | None,
    steps: int,
    *,
    clock: str | None = None,
    sampler: str | None = None,
    sigma_min: float | None = None,
    sigma_max: float | None = None,
    sigmas: ArrayLike | None = None,
    process: str = "edm",
    samples: int | None = None,
    seed: Seed = SEED,
    threads: int | None = None,
) -> Schedule:
    """Noise levels to sample at in ``steps`` evaluations of a denoiser, and what they cost.

    ``source`` is a law; a profile; an audit; arrays ``(sigma, mse)`` or ``(sigma, mse, error)`` that were measured, the
    error summed over the dimensions; or None, for clocks that need no data. ``clock`` and ``sampler`` are those of
    ``infodyn schedule``: by default ``kl-s2`` with data, else ``flow``; ``auto`` and ``fitted`` run a ``sampler``.
    ``sigmas`` are levels in place of a clock's.
    """
    flags: dict[str, Any] = {"clock": clock, "sampler": sampler, "sigma_min": sigma_min, "sigma_max": sigma_max}
    flags |= {"process": process, "samples": samples, "seed": seed_word(seed), "threads": threads}
    if sigmas is None:
        flags["steps"] = steps
    else:
        flags["sigmas"] = numbers(sigmas)
    if isinstance(source, Law):
        flags["law"] = source._path
        return Schedule(ask("schedule", flags, source._renamed), flags, source)
    if source is None:
        return Schedule(ask("schedule", flags), flags)
    with tempfile.TemporaryDirectory(prefix="infodyn-") as folder:
        asked_of = dict(flags)
        if isinstance(source, Audit):
            source.raise_if_refused()
            path, name = os.path.join(folder, "audit.json"), "the audit"
            Path(path).write_text(json.dumps(source.to_dict()), encoding="utf-8")
            flags["audit"] = path
        else:
            path, name = os.path.join(folder, "mse.csv"), "the table"
            Path(path).write_text(errors_table(source), encoding="utf-8")
            flags["mse"] = path
        return Schedule(ask("schedule", flags, (path, name)), asked_of)


def errors_table(source: Profile | tuple[ArrayLike, ...]) -> str:
    """The errors of a denoiser as the program reads them."""
    if isinstance(source, Profile):
        source = (source.sigma_over_alpha, source.mmse, source.mmse_error)
    columns = [np.array(c, dtype=np.float64).reshape(-1) for c in source]
    if len(columns) not in (2, 3) or len({len(c) for c in columns}) != 1:
        raise ValueError("source: expected a Law, a Profile, an Audit, or arrays (sigma, mse) or (sigma, mse, error) alike")
    lines = [",".join(("sigma", "mse", "error")[: len(columns)])]
    lines += [",".join(repr(float(v)) for v in row) for row in zip(*columns)]
    return "\n".join(lines) + "\n"


def study(
    law: Law,
    *,
    steps: Sequence[int] | None = None,
    clocks: Sequence[str] | None = None,
    starts: int | None = None,
    samples: int | None = None,
    seed: Seed = SEED,
    threads: int | None = None,
) -> Study:
    """Which clock serves a law: samplers run on its exact denoiser, side by side."""
    flags: dict[str, Any] = {"law": law._path, "steps": steps, "clocks": clocks, "starts": starts, "samples": samples}
    return Study(ask("study", flags | {"seed": seed_word(seed), "threads": threads}, law._renamed))


def convert(values: ArrayLike, source: str, target: str) -> Floats:
    """The same noise levels in another convention: times of a process, indices of a training table,
    ``sigma_over_alpha`` or ``log_snr``. The answer has the shape of ``values``.
    """
    array = np.array(values, dtype=np.float64)
    if array.size == 0:
        return array
    points = ask("convert", {"from": source, "to": target, "t": numbers(array)})["points"]
    return np.array([point["to"]["t"] for point in points]).reshape(array.shape)


def fit(
    data: Law,
    components: int | Literal["per-class", "auto"] | None = None,
    *,
    covariance: str | None = None,
    ridge: float | Literal["auto"] = "auto",
    held_out: float = 0.2,
    sigmas: ArrayLike | None = None,
    seed: Seed = SEED,
    threads: int | None = None,
) -> Fit:
    """A law behind a data set, a ``Law.dataset`` or a file of that kind, and how well it holds on points held out.

    ``components``: ``per-class``, one Gaussian a class (the default where there are labels), a number, or ``auto``.
    ``covariance``: ``isotropic``, ``diagonal``, ``full``, ``low-rank`` or ``low-rank:R``.
    """
    folder = Folder()
    path = os.path.join(folder.name, "law.json")
    flags: dict[str, Any] = {"data": data._path, "out": path, "components": components, "covariance": covariance, "ridge": ridge}
    flags |= {"held_out": held_out, "sigmas": None if sigmas is None else numbers(sigmas)}
    found = ask("fit", flags | {"seed": seed_word(seed), "threads": threads}, data._renamed)
    return Fit(found, Law._read(path, "the law fitted", folder))


def sample(
    law: Law,
    n: int,
    *,
    process: str = "edm",
    sampler: str | None = None,
    steps: int | None = None,
    sigmas: ArrayLike | Schedule | None = None,
    at: float | None = None,
    label: str | int | None = None,
    omega: float | None = None,
    window: str | None = None,
    seed: Seed = SEED,
    threads: int | None = None,
) -> Samples:
    """``n`` samples of a law: exact draws, or with ``sampler`` ends of the reverse process by the exact score.

    ``label`` is a name of the law, else a number: the law given it, or what a sampler is guided to by ``omega``.
    """
    if sigmas is not None:
        levels = np.array(sigmas, dtype=np.float64).reshape(-1)
        sigmas = numbers(levels[:-1] if len(levels) > 1 and levels[-1] == 0.0 else levels)
    with tempfile.TemporaryDirectory(prefix="infodyn-") as folder:
        files = {name: os.path.join(folder, f"{name}.npy") for name in ("points", "labels")}
        flags: dict[str, Any] = {"law": law._path, "process": process, "count": n, "sampler": sampler, "steps": steps, "sigmas": sigmas}
        flags |= {"at": at, "class": None if label is None else str(label), "omega": omega, "window": window}
        flags |= {"out": files["points"], "labels": files["labels"], "seed": seed_word(seed), "threads": threads}
        found = ask("sample", flags, law._renamed)
        del found["files"]
        return Samples(found, np.load(files["points"]), np.load(files["labels"]))


def audit(
    model: str | os.PathLike[str] | Callable[[Any, Any], Any],
    law: Law,
    *,
    output: str = "denoised",
    noise: str = "sigma",
    process: str = "edm",
    shape: Sequence[int] | None = None,
    x_scale: float = 1.0,
    x_shift: float = 0.0,
    sigmas: ArrayLike | None = None,
    samples: int | None = None,
    batch: int = 1024,
    seed: Seed = SEED,
    threads: int | None = None,
) -> Audit:
    """Whether a model is the denoiser that it is declared to be, and over which noise levels.

    ``model`` is the path of an ONNX file or of its side file, which then says all about it; or any function
    ``f(x, noise)``. That gets ``x``, an array of single precision of shape ``(n, *shape)``, at most ``batch`` rows, and
    ``noise``, an array of ``n`` numbers, and answers with an array or a tensor of the shape of ``x``. ``shape`` is that of
    a point of the law. ``output`` is ``denoised``, ``score``, ``epsilon``, ``velocity`` or ``v``; ``noise`` what the second
    argument holds: ``sigma``, ``ln-sigma``, ``ln-sigma/4``, ``t`` or ``index``; ``process`` the process of its ``x``, or a
    training table; the model was trained on ``x_scale x + x_shift``.

    The function is called from several threads, one at a time.
    """
    if not callable(model):
        own = (output, noise, process, shape, x_scale, x_shift, batch)
        if own != ("denoised", "sigma", "edm", None, 1.0, 0.0, 1024):
            raise ValueError("audit: options of a function given with a file, expected them in its side file")
        flags: dict[str, Any] = {"model": os.fspath(model), "law": law._path, "samples": samples}
        flags["sigmas"] = None if sigmas is None else numbers(sigmas)
        return Audit(ask("audit", flags | {"seed": seed_word(seed), "threads": threads}, law._renamed))
    call = model
    name = re.sub(r"[^\w.<>]", "", getattr(model, "__qualname__", None) or type(model).__name__)
    row = tuple(law.shape if shape is None else shape)
    if int(np.prod(row)) != law.dim:
        raise ValueError(f"shape: {row}, expected {law.dim} numbers")
    if batch < 1:
        raise ValueError(f"batch: {batch}, expected a whole number from 1")

    def answered(x: Any, level: float) -> Any:
        parts = [x[i : i + batch] for i in range(0, len(x), batch)]
        return np.concatenate([one(part.reshape(len(part), *row), level) for part in parts])

    def one(x: Any, level: float) -> Any:
        place = f"{name} at {noise} {level:g}, x of shape {x.shape}"
        try:
            found = call(x, np.full(len(x), level, dtype=np.float32))
        except Exception as error:
            line = " ".join(f"{type(error).__name__}: {error}".split())
            raise ValueError(f"{place}: it raised {line}") from error
        kind = type(found).__name__
        try:
            if hasattr(found, "is_complex") and found.is_complex():
                raise TypeError("complex")
            # A tensor with a history, on a device, of a type that NumPy does not know.
            for method in ("detach", "cpu", "float"):
                if hasattr(found, method):
                    found = getattr(found, method)()
            array = np.asarray(found)
            if array.dtype.kind in "bOSUc":
                raise TypeError(array.dtype)
            array = array.astype(np.float32)
        except (TypeError, ValueError, RuntimeError) as error:
            raise ValueError(f"{place}: it answered with {kind}, expected an array of numbers") from error
        if array.shape != x.shape:
            raise ValueError(f"{place}: it answered with shape {array.shape}, expected that of x")
        return array.reshape(-1)

    declared = {"output": output, "noise": noise, "process": process, "x_scale": x_scale, "x_shift": x_shift}
    levels = None if sigmas is None else [float(s) for s in np.array(sigmas, dtype=np.float64).reshape(-1)]
    number = int(seed_word(seed))
    try:
        text = _infodyn.audit(answered, name, json.dumps(declared), law._held, levels, samples, number, threads)
    except ValueError as refused:
        raise ValueError(told(refused, law._renamed)) from refused.__cause__
    return Audit(json.loads(text))


def check(
    statement: str,
    *,
    laws: str | Law | Sequence[str | Law] | None = None,
    process: str | Sequence[str] | None = None,
    dim: str | int | None = None,
    components: str | int | None = None,
    given: str | Sequence[str] | None = None,
    where: str | None = None,
    cases: int | None = None,
    level: str | float | None = None,
    explain: bool = False,
    seed: Seed = SEED,
    threads: int | None = None,
) -> Checked:
    """A statement such as ``"mmse <= gaussian.mmse"`` against random laws, and the smallest law on which it is false.

    ``laws`` are families of random laws, files (``file:F``, ``dataset:F``) or laws; ``dim`` and ``components`` numbers or
    ranges (``"1..3"``); ``given`` what every law has, ``where`` a hypothesis, itself a statement; ``level`` one noise level
    of laws that are given, in place of random ones. ``explain`` says under which hypotheses, or after which small change,
    a refuted statement survives.
    """
    if statement.endswith((".toml", ".json")):
        raise ValueError(f"statement: {statement}, expected a statement: files of claims are for the program")
    listed = [laws] if isinstance(laws, str | Law) else laws
    named = None if listed is None else [f"file:{one._path}" if isinstance(one, Law) else one for one in listed]
    own = [one for one in listed or [] if isinstance(one, Law)]
    flags: dict[str, Any] = {"laws": named, "process": process, "dim": dim, "components": components, "given": given}
    flags |= {"where": where, "cases": cases, "level": level, "seed": seed_word(seed), "threads": threads}
    words = ["check", statement, *(f"--{flag}={word(v)}" for flag, v in flags.items() if v is not None)]
    found = asked(words + ["--explain"] * explain + ["--json"], own[0]._renamed if own else None)
    if "counterexample" not in found:
        return Checked(found, None)
    folder = Folder()
    path = os.path.join(folder.name, "law.json")
    Path(path).write_text(json.dumps(found["counterexample"]["law"]), encoding="utf-8")
    return Checked(found, Law._read(path, "the counterexample", folder))


def verify(
    *claims: str,
    effort: str = "standard",
    evidence: Sequence[str] | None = None,
    seed: Seed = SEED,
    threads: int | None = None,
) -> Verification:
    """Checks claims of the theory, all where none is named: no proofs, which need the checkout."""
    words = ["verify", *claims, f"--effort={effort}", f"--seed={seed_word(seed)}", "--json=-"]
    words += [] if evidence is None else [f"--evidence={','.join(evidence)}"]
    words += [] if threads is None else [f"--threads={threads}"]
    return Verification(asked(words))
