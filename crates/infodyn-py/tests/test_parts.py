"""Questions in parts, done by other processes: the answer has the bits of the question asked whole."""

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import pytest
from conftest import EXAMPLES

import infodyn as info

DIGITS = info.Law.from_file(EXAMPLES / "digits.toml")
PAIR = info.Law.mixture([[-1.0, 0.0], [1.0, 0.5]], covariance=0.05)


def test_other_processes_give_the_same_bits():
    questions = [
        (info.profile, (DIGITS, "log:0.5:20:3"), {"samples": 1024, "quantities": ["mmse", "label_entropy"]}),
        (info.paths, (PAIR, "0.5:2:3"), {"n": 20, "seed": 7}),
        (info.check, ("mmse <= 0.9*gaussian.mmse",), {"laws": "mixture", "cases": 40}),
        (info.check, ("mmse >= 0",), {"laws": PAIR, "cases": 12}),
        (info.study, (PAIR,), {"steps": [4], "clocks": ["edm", "flow:1"], "starts": 256}),
    ]
    # Each worker is a process of its own, which knows of a task what was pickled.
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        for question, arguments, keywords in questions:
            tasks = info.parts(3, question, *arguments, **keywords)
            done = [pool.submit(task) for task in tasks]
            merged = info.merge(task.result() for task in reversed(done))
            assert merged.to_dict() == question(*arguments, **keywords).to_dict()


def test_what_does_not_fit_is_refused():
    tasks = info.parts(2, info.profile, PAIR, [0.5, 1.0], process="ou")
    assert pickle.loads(pickle.dumps(tasks)) == tasks
    first, second = (task() for task in tasks)
    assert first == tasks[0]()
    for done, said in [
        ([first], "part 2 of 2 missing"),
        ([first, second, second], "both are part 2 of 2"),
        ([first, b"{}"], "expected a part of infodyn"),
        ([first, info.parts(2, info.profile, PAIR, [0.5, 2.0], process="ou")[1]()], "grid"),
    ]:
        with pytest.raises(ValueError, match=said):
            info.merge(done)
    with pytest.raises(ValueError, match="expected profile"):
        info.parts(2, dict)
    with pytest.raises(ValueError, match="expected a whole number from 1"):
        info.parts(0, info.profile, PAIR, [1.0])
