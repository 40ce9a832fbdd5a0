"""The pages that users read: their code runs, from the first block to the last, and prints what the page says."""

import contextlib
import io
import re
import runpy

import pytest
from conftest import ROOT

PAGES = ["docs/python.md", "docs/parallel.md", "crates/infodyn-py/README.md"]
BLOCK = re.compile(r"```(python|text)\n(.*?)```", re.DOTALL)
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")


def alike(told, printed):
    """Words as they stand, numbers to six digits; an error is of its size."""
    assert NUMBER.sub("#", told).split() == NUMBER.sub("#", printed).split(), printed
    errors = {m.start() for m in re.finditer(r"(?<=± )\S", told)}
    for a, b in zip(NUMBER.finditer(told), NUMBER.findall(printed)):
        within = 3.0 if a.start() in errors else 1e-6
        assert float(b) == pytest.approx(float(a.group()), rel=within, abs=1e-9), printed


@pytest.mark.parametrize("page", PAGES)
def test_page(page, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    names, printed = {}, ""
    blocks = BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    assert any(kind == "python" for kind, _ in blocks)
    for kind, text in blocks:
        if kind == "text":
            alike(text, printed)
            continue
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(text, page, "exec"), names)
        printed = out.getvalue()


def test_five_questions(capsys):
    runpy.run_path(str(ROOT / "crates/infodyn-py/examples/five_questions.py"))
    assert "accepted" in capsys.readouterr().out
