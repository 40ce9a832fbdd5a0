"""Questions in the words of the command line, and what every question shares."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import weakref
from contextvars import ContextVar
from typing import Any, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infodyn import _infodyn

SEED: int = _infodyn.SEED

# A seed: a whole number, or a ``SeedSequence`` of NumPy, whose first 64-bit word is taken.
# By its name: NumPy loads its generators, a fifth of the time that this package takes to import, when they are asked for.
Seed = Union[int, "np.random.SeedSequence"]

Floats = NDArray[np.float64]


class RefusedError(ValueError):
    """A model that is no denoiser; ``reasons`` says why, a sentence each."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class Folder:
    """A folder that lasts as long as this object does, and goes without a word."""

    def __init__(self) -> None:
        self.name = tempfile.mkdtemp(prefix="infodyn-")
        weakref.finalize(self, shutil.rmtree, self.name, ignore_errors=True)


def seed_word(seed: Seed) -> str:
    if hasattr(seed, "generate_state"):
        return str(int(seed.generate_state(1, np.uint64)[0]))
    return str(int(seed))


def numbers(values: ArrayLike) -> str:
    """A comma list of the doubles, each in the digits that name it alone."""
    return ",".join(repr(float(v)) for v in np.atleast_1d(np.asarray(values, dtype=np.float64)).ravel())


def grid_word(grid: ArrayLike | str) -> str:
    return grid if isinstance(grid, str) else numbers(grid)


def word(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float | np.floating):
        return repr(float(value))
    if isinstance(value, int | np.integer):
        return str(int(value))
    return ",".join(word(v) for v in value)


def ask(command: str, flags: dict[str, Any], renamed: tuple[str, str] | None = None) -> dict[str, Any]:
    """The program's answer. ``renamed`` says how a file that the caller did not write is called in a refusal."""
    words = [command] + [f"--{flag.replace('_', '-')}={word(v)}" for flag, v in flags.items() if v is not None]
    words.append("--json=-" if command == "verify" else "--json")
    return asked(words, renamed)


class Asked(BaseException):
    """What would have been asked, in place of an answer."""

    def __init__(self, words: list[str]) -> None:
        self.words = words


# Whether questions are raised in place of asked.
only_words: ContextVar[bool] = ContextVar("only_words", default=False)


def asked(words: list[str], renamed: tuple[str, str] | None = None) -> dict[str, Any]:
    if only_words.get():
        raise Asked(words)
    try:
        text = _infodyn.ask(words)
    except ValueError as refused:
        raise ValueError(told(refused, renamed)) from None
    found: dict[str, Any] = json.loads(text)
    return found


def told(refused: ValueError, renamed: tuple[str, str] | None) -> str:
    line = str(refused)
    if renamed:
        path, name = renamed
        line = line.replace(path, name).replace(os.path.basename(path), name)
    return line
