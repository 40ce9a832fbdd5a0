"""The program, whose answers the package's are compared with, and the example laws."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples"
MODELS = ROOT / "tests" / "models"


@pytest.fixture(scope="session")
def program():
    """Asks the program, as its users do."""
    path = os.environ.get("INFODYN_PROGRAM", str(ROOT / "target/release/infodyn"))

    def ask(*words):
        answer = subprocess.run([path, *map(str, words)], capture_output=True, text=True, cwd=ROOT, check=False)
        assert answer.returncode in (0, 1), answer.stderr
        return json.loads(answer.stdout)

    ask.refusal = lambda *words: subprocess.run(
        [path, *map(str, words)], capture_output=True, text=True, cwd=ROOT, check=False
    ).stderr.strip()
    return ask
