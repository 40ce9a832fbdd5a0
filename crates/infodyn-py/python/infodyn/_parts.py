"""Questions in parts, for whatever runs tasks: ``concurrent.futures``, ``dask.distributed``, ``ray``, an array of jobs."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from infodyn import _infodyn
from infodyn._answers import Audit, Checked, Paths, Profile, Study, Verification
from infodyn._ask import Asked, Folder, only_words
from infodyn._law import Law

ANSWERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "infodyn.profile/1": Profile,
    "infodyn.paths/1": Paths,
    "infodyn.study/1": Study,
    "infodyn.audit/1": Audit,
    "infodyn.verify/1": Verification,
}


class Part(NamedTuple):
    """One part of a question: a task without arguments, which can be pickled and answers with bytes for ``merge``.

    Files that the question names are read where the task runs.
    """

    words: tuple[str, ...]
    part: int
    parts: int

    def __call__(self) -> bytes:
        with tempfile.TemporaryDirectory(prefix="infodyn-") as folder:
            path = os.path.join(folder, "part.json")
            _infodyn.ask([*self.words, f"--part={self.part}/{self.parts}", f"--out={path}"])
            return Path(path).read_bytes()


def parts(count: int, question: Callable[..., Any], *arguments: Any, **keywords: Any) -> list[Part]:
    """A question in ``count`` parts: ``parts(8, infodyn.profile, law, grid, samples=4096)``.

    ``question`` is one of ``profile``, ``paths``, ``study``, ``audit`` (of a file), ``check`` and ``verify``. Each part is
    a task to call, in any process and order; ``merge`` makes the answer of what they return, with the bits of the question
    asked whole. Laws that are made of arrays are files of this process: keep them until the tasks are done.
    """
    if count < 1:
        raise ValueError(f"count: {count}, expected a whole number from 1")
    token = only_words.set(True)
    try:
        question(*arguments, **keywords)
    except Asked as asked:
        words = tuple(word for word in asked.words if word not in ("--json", "--json=-"))
    else:
        raise ValueError("question: expected profile, paths, study, audit of a file, check or verify")
    finally:
        only_words.reset(token)
    return [Part(words, part, count) for part in range(1, count + 1)]


def merge(done: Iterable[bytes]) -> Any:
    """The answer of all parts, in any order. Raises ``ValueError`` where they do not fit or one is missing."""
    with tempfile.TemporaryDirectory(prefix="infodyn-") as folder:
        files = []
        for i, part in enumerate(done):
            path = os.path.join(folder, f"{i}.json")
            Path(path).write_bytes(part)
            files.append(path)
        try:
            found = json.loads(_infodyn.ask(["merge", "--json", *files]))
        except ValueError as refused:
            raise ValueError(str(refused).replace(folder + os.sep, "part ")) from None
    if found["schema"] in ANSWERS:
        return ANSWERS[found["schema"]](found)
    if "counterexample" not in found:
        return Checked(found, None)
    kept = Folder()
    path = os.path.join(kept.name, "law.json")
    Path(path).write_text(json.dumps(found["counterexample"]["law"]), encoding="utf-8")
    return Checked(found, Law._read(path, "the counterexample", kept))
