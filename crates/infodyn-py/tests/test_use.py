"""What a user may rely on beside the numbers: refusals, functions as models, frozen answers, nothing heavy."""

import html
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from conftest import EXAMPLES

import infodyn as info

PAIR = info.Law.mixture([[-1.0, 0.0], [1.0, 0.5]], covariance=0.05)


def line(ask, *arguments, **keywords):
    with pytest.raises(ValueError) as refused:
        ask(*arguments, **keywords)
    text = str(refused.value)
    assert "\n" not in text and "infodyn-" not in text
    return text


def test_refusals_are_the_programs_lines(program):
    found = line(info.profile, info.Law.from_file(EXAMPLES / "two-atoms.toml"), [0.5, -1.0])
    wanted = program.refusal("profile", f"--law={EXAMPLES / 'two-atoms.toml'}", "--process=edm", "--grid=0.5,-1.0")
    assert f"error: {found}" == wanted
    wanted = program.refusal("profile", "--law=absent.toml", "--process=edm", "--grid=1")
    assert "error: " + line(info.Law.from_file, "absent.toml") == wanted


def test_laws_of_arrays_are_refused_by_name():
    assert line(info.Law.mixture, [[0.0], [1.0]], [1.0, -1.0]).startswith("Law.mixture: covariances[1]: ")
    assert "nan" in line(info.Law.gaussian, [np.nan], 1.0)
    assert line(info.Law.atoms, [[0.0], [1.0]], [0.5, 0.6]).startswith("Law.atoms: weights: ")
    assert line(info.Law.dataset, [[0.0], [np.inf]]).startswith("Law.dataset: ")
    assert "shape (1,), expected (2,)" in line(info.Law.dataset, [[0.0], [1.0]], labels=[1])
    assert "GaussianMixture" in line(info.Law.from_sklearn, object())
    assert "rows of length 3, expected 2" in line(PAIR.denoise, [[0.0, 1.0, 2.0]], 1.0)
    assert "positive" in line(PAIR.denoise, [[0.0, 1.0]], 0.0)
    assert "NaN" in line(PAIR.score, [[0.0, np.nan]], 1.0)


def test_scikit_learn():
    class GaussianMixture:
        covariance_type = "tied"
        means_, weights_ = np.array([[0.0, 1.0], [2.0, 3.0]]), np.array([0.25, 0.75])
        covariances_ = np.array([[1.0, 0.5], [0.5, 2.0]])

    model = GaussianMixture()
    tied = info.Law.from_sklearn(model)
    assert tied.sha256 == info.Law.mixture(model.means_, [model.covariances_] * 2, model.weights_).sha256
    for kind, covariances in [("diag", np.array([[1.0, 2.0], [3.0, 4.0]])), ("spherical", np.array([1.0, 2.0]))]:
        model.covariance_type, model.covariances_ = kind, covariances
        assert info.Law.from_sklearn(model).sha256 == info.Law.mixture(model.means_, covariances, model.weights_).sha256


def test_denoiser_and_score_agree():
    x = PAIR.sample(50, at=0.7) + 0.1
    tweedie = x + 0.49 * PAIR.score(x, 0.7)
    np.testing.assert_allclose(PAIR.denoise(x, 0.7), tweedie, atol=1e-13)
    # A time of another process, whose data are scaled.
    alpha, sigma = info.profile(PAIR, [0.4], process="flow").alpha[0], info.profile(PAIR, [0.4], process="flow").sigma[0]
    rescaled = (PAIR.denoise(x, sigma / alpha) - x) / (sigma / alpha) ** 2 / alpha
    np.testing.assert_allclose(PAIR.score(alpha * x, 0.4, "flow"), rescaled, atol=1e-12)
    levels = np.where(np.arange(50) % 2 == 0, 0.7, 1.5)
    both = np.where(levels[:, None] == 0.7, PAIR.denoise(x, 0.7), PAIR.denoise(x, 1.5))
    assert (PAIR.denoise(x, levels) == both).all()
    assert PAIR.denoise(x[0], 0.7).shape == (2,)


def test_nothing_of_the_caller_is_kept():
    means, points = np.array([[-1.0, 0.0], [1.0, 0.5]]), np.zeros((3, 2, 2))
    points[:, 0, 0] = [1.0, 2.0, 3.0]
    law, data = info.Law.mixture(means, covariance=0.05), info.Law.dataset(points)
    digests = law.sha256, data.sha256
    means[:], points[:] = 9.0, 9.0
    assert (law.sha256, data.sha256) == digests and law.means[0, 0] == -1.0 and data.shape == (2, 2)
    law.means[:] = 5.0
    assert law.means[0, 0] == -1.0
    for columns in (points.T.copy().T, points.astype(np.float32), points.tolist(), np.asfortranarray(points)):
        assert info.Law.dataset(np.array([1.0, 2.0, 3.0])[:, None, None] + columns).dim == 4
    found = info.profile(law, [0.5], quantities=["mmse"])
    with pytest.raises(ValueError, match="read-only"):
        found.mmse[0] = 0.0
    with pytest.raises(AttributeError, match="frozen"):
        found.mmse = 0.0
    found.to_dict()["points"][0]["mmse"]["value"] = 0.0
    assert found.to_dict()["points"][0]["mmse"]["value"] == found.mmse[0]
    with pytest.raises(AttributeError, match="not asked for"):
        found.label_entropy


class Complex:
    """A tensor of complex numbers, which would lose half of them on the way."""

    def is_complex(self):
        return True


class Meta:
    """A tensor without numbers."""

    def cpu(self):
        raise NotImplementedError("Cannot copy out of meta tensor; no data!")


class Tensor:
    """As much of a tensor as an answer needs: on a device, with a history."""

    def __init__(self, values, steps=()):
        self.values, self.steps = values, steps

    def detach(self):
        return Tensor(self.values, (*self.steps, "detach"))

    def float(self):
        return Tensor(self.values, (*self.steps, "float"))

    def cpu(self):
        return Tensor(self.values, (*self.steps, "cpu"))

    def __array__(self, dtype=None, copy=None):
        assert self.steps == ("detach", "cpu", "float"), "a tensor on a device, with a history, is no array"
        return np.asarray(self.values, dtype)


def audited(model, **keywords):
    return info.audit(model, PAIR, **{"sigmas": [0.1, 1.0, 10.0], "samples": 8192, "threads": 2, **keywords})


def exact(x, sigma):
    return PAIR.denoise(x, sigma)


def test_functions_as_models():
    shapes = set()

    def seen(x, sigma):
        shapes.add((x.dtype, sigma.dtype, x.shape == (len(sigma), 2), len(x) <= 100))
        assert (sigma == sigma[0]).all()
        return Tensor(exact(x, sigma))

    plain, tensors = audited(exact), audited(seen, batch=100)
    assert plain.verdict == tensors.verdict == "accepted"
    assert shapes == {(np.dtype(np.float32), np.dtype(np.float32), True, True)}
    # The same numbers, whatever holds them and however many rows come at once.
    assert tensors.table["mse"].tobytes() == plain.table["mse"].tobytes()
    assert audited(exact, threads=1).table["gap"].tobytes() == plain.table["gap"].tobytes()
    half = audited(lambda x, sigma: exact(x, sigma).astype(np.float16))
    np.testing.assert_allclose(half.table["mse"], plain.table["mse"], rtol=1e-2)
    noise = audited(lambda x, t: (x - exact(x, t)) / t[:, None], output="epsilon")
    np.testing.assert_allclose(noise.table["mse"], plain.table["mse"], rtol=1e-3)
    assert audited(lambda x, t: (x - exact(x, t)) / t[:, None]).verdict == "refused"


def test_functions_in_other_units():
    """A flow model, told its time, on images."""
    data = info.Law.dataset(PAIR.sample(400).reshape(400, 1, 2))

    def velocity(x, t):
        level = t.astype(np.float64)[:, None]
        rows = x.reshape(len(x), 2).astype(np.float64)
        denoised = data.denoise(rows / (1 - level), (level / (1 - level)).ravel())
        return ((rows - denoised) / level).reshape(x.shape)

    found = info.audit(velocity, data, output="velocity", noise="t", process="flow", sigmas=[0.3, 1.0], samples=8192)
    assert found.verdict == "accepted" and found.to_dict()["model"]["output"] == "velocity"


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (lambda x, s: 1 / 0, "it raised ZeroDivisionError: division by zero"),
        (lambda x, s: x[:, :1], ", 1), expected that of x"),
        (lambda x, s: x.ravel(), "it answered with shape ("),
        (lambda x, s: None, "it answered with NoneType, expected an array of numbers"),
        (lambda x, s: "text", "it answered with str, expected an array of numbers"),
        (lambda x, s: [[0.0], [0.0, 1.0]], "it answered with list, expected an array of numbers"),
        (lambda x: x, "it raised TypeError"),
        (lambda x, s: Complex(), "it answered with Complex, expected an array of numbers"),
        (lambda x, s: Meta(), "it answered with Meta, expected an array of numbers"),
    ],
)
def test_functions_that_fail(model, said):
    """At the first level of the audit that fails; what other declarations make of it is no error."""
    text = line(audited, model)
    assert "<lambda> at sigma 0.1, x of shape (" in text and said in text


def test_a_function_that_fails_at_one_level():
    def fails(x, sigma):
        if sigma[0] > 5:
            raise RuntimeError(f"no noise level {sigma[0]:g}")
        return exact(x, sigma)

    assert "fails at sigma 10, x of shape (" in line(audited, fails)
    # Beyond the levels asked for it may fail.
    assert audited(fails, sigmas=[0.1, 1.0]).verdict == "accepted"


def test_functions_without_numbers():
    found = audited(lambda x, s: np.where(s[:, None] > 5, np.nan, exact(x, s)))
    assert found.verdict == "warning" and "10" in " ".join(found.warnings)
    assert list(found.table["finite_fraction"]) == [1.0, 1.0, 0.0]
    nowhere = audited(lambda x, s: x * np.nan)
    assert nowhere.verdict == "refused"
    with pytest.raises(info.RefusedError) as refused:
        nowhere.schedule(4)
    assert refused.value.reasons == nowhere.reasons


def test_what_a_function_cannot_be():
    assert line(audited, exact, output="noise").startswith("exact: output: ")
    assert line(audited, exact, output="velocity").startswith("exact: output: ")
    assert "sigmas: -1" in line(audited, exact, sigmas=[-1.0])
    assert "shape: (3,), expected 2 numbers" in line(audited, exact, shape=(3,))
    assert "side file" in line(audited, "model.toml", output="epsilon")


STOPPED = """
import signal, sys, threading, time
import infodyn as info

# A job in the background may have been started with interrupts ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
law = info.Law.from_file(sys.argv[1])
ask = {"profile": lambda: info.profile(law, "snr:1e-3:1e3:40", samples=1 << 27),
       "audit": lambda: info.audit(lambda x, s: x * 0.9, law, samples=1 << 18)}[sys.argv[2]]
main = threading.main_thread().ident
threading.Timer(1.0, lambda: (times.append(time.time()), signal.pthread_kill(main, signal.SIGINT))).start()
times = []
try:
    ask()
except KeyboardInterrupt:
    print("stopped", time.time() - times[0])
"""


@pytest.mark.parametrize("what", ["profile", "audit"])
def test_an_interrupt_stops_the_work(what):
    """Minutes of work end; a loaded machine may take a while to notice."""
    words = [sys.executable, "-c", STOPPED, str(EXAMPLES / "digits.toml"), what]
    found = subprocess.run(words, capture_output=True, text=True, timeout=100, check=False)
    assert found.stdout.startswith("stopped"), found.stderr
    assert float(found.stdout.split()[1]) < 20.0


def test_other_threads_go_on():
    import threading

    counted = []
    work = threading.Thread(target=lambda: info.profile(PAIR, "snr:0.01:100:20", samples=1 << 18, method="monte-carlo"))
    work.start()
    while work.is_alive():
        counted.append(time.time())
        time.sleep(0.001)
    assert len(counted) > 10


def test_import_brings_nothing_heavy():
    heavy = ["torch", "pandas", "polars", "matplotlib", "sklearn", "scipy", "numpy.random"]
    code = f"import sys, infodyn; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]" and found.stderr == ""


def test_files_go_with_their_laws(tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    code = "import infodyn as i; l = i.Law.dataset([[0.0], [1.0]]); i.sample(l, 2); i.schedule(l, 2).export('csv')"
    subprocess.run([sys.executable, "-W", "error", "-c", code], env=environment, check=True)
    assert list(tmp_path.iterdir()) == []


ANSWERS = {
    "profile": lambda: info.profile(PAIR, "snr:0.01:100:20", quantities=["label_entropy", "mmse"], samples=2048),
    "critical": lambda: info.critical(info.Law.from_file(EXAMPLES / "mixture-3.toml"), grid="snr:0.1:10:4"),
    "paths": lambda: info.paths(PAIR, [0.1, 1.0, 10.0], n=10),
    "schedule": lambda: info.schedule(PAIR, 6),
    "study": lambda: info.study(PAIR, steps=[4], starts=256, clocks=["edm", "flow:1"]),
    "audit": lambda: audited(exact),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_show_themselves(name):
    found = ANSWERS[name]()
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    text, page = repr(found), found._repr_html_()
    assert len(text.splitlines()) <= 45 and "nan" not in text.lower() and "object at" not in text
    assert "<table>" in page and "nan" not in page.lower() and page.count("<td") == page.count("</td>")
    figure, ax = pyplot.subplots()
    assert found.plot(ax) is ax and ax.get_xlabel()
    figure.canvas.draw()
    pyplot.close(figure)
    frame = found.to_frame()
    assert len(frame) > 0 and all(isinstance(name, str) for name in frame.columns)


def test_a_notebook_shows_what_is_printed():
    bold = audited(lambda x, s: 1.2 * exact(x, s))
    assert bold.warnings and all(html.escape(w) in bold._repr_html_() for w in bold.warnings)
    critical = info.critical(PAIR)
    assert "guidance window: snr" in repr(critical) and "guidance window: snr" in critical._repr_html_()


@pytest.mark.parametrize(
    ("value", "error", "told"),
    [
        (0.5, 0.0, "0.5"),
        (12.345, 0.02, "12.345 ± 2e-02"),
        (4.873495411, 1e-14, "4.87349541 ± 5e-09"),
        (1.234e-9, 1e-12, "1.2340e-09 ± 1e-12"),
        (123.0, 400.0, "1.2e+02 ± 4e+02"),
        (0.0, 0.1, "0.00 ± 1e-01"),
    ],
)
def test_a_printed_number_has_the_error_of_what_is_printed(value, error, told):
    assert repr(info.Estimate(value, error)) == told
