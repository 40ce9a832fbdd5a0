"""Every number is the program's, bit for bit: all commands, and all kinds of law."""

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import EXAMPLES, MODELS

import infodyn as info

LAWS = sorted(path.stem for path in EXAMPLES.glob("*.toml"))
SMALL = ["two-atoms", "mixture-3"]


def law(name):
    return info.Law.from_file(EXAMPLES / f"{name}.toml")


def file(name):
    return f"--law={EXAMPLES / name}.toml"


def same(found, wanted):
    """As texts: a double has one shortest form, and 1 is not 1.0."""
    assert json.dumps(found.to_dict(), sort_keys=True) == json.dumps(wanted, sort_keys=True)


def bits(array, wanted):
    assert array.dtype == np.float64 and array.tobytes() == np.array(wanted, dtype=np.float64).tobytes()


@pytest.mark.parametrize("name", LAWS)
def test_profile(program, name):
    wanted = program("profile", file(name), "--process=vp-linear", "--grid=0.1,0.6", "--samples=2048", "--seed=7", "--json")
    found = info.profile(law(name), [0.1, 0.6], process="vp-linear", samples=2048, seed=7)
    same(found, wanted)
    assert found.quantities
    for quantity in found.quantities:
        there = [point.get(quantity, {"value": np.nan, "error": np.nan}) for point in wanted["points"]]
        bits(getattr(found, quantity), [p["value"] for p in there])
        bits(getattr(found, f"{quantity}_error"), [p["error"] for p in there])
    bits(found.sigma_over_alpha, [p["sigma_over_alpha"] for p in wanted["points"]])


@pytest.mark.parametrize("name", SMALL)
def test_critical(program, name):
    wanted = program("critical", file(name), "--process=edm", "--grid=snr:0.1:10:4", "--json")
    found = info.critical(law(name), grid="snr:0.1:10:4")
    same(found, wanted)
    bits(found.bifurcations["snr"], [b["snr"] for b in wanted["bifurcations"]])
    bits(found.peaks["height_error"], [p["height_error"] for p in wanted["peaks"]])
    assert found.sigma_max == (wanted["sigma_max"]["value"], wanted["sigma_max"]["error"])


@pytest.mark.parametrize("name", SMALL)
def test_paths(program, name):
    words = ["--process=edm", "--grid=0.1,0.5,3", "--n=5", "--confidence=0.9", "--reverse=exponential", "--steps=8"]
    wanted = program("paths", file(name), *words, "--json")
    found = info.paths(law(name), [0.1, 0.5, 3], n=5, confidence=0.9, reverse="exponential", steps=8)
    same(found, wanted)
    bits(found.posterior_entropy, [p["posterior_entropy"] for p in wanted["paths"]])
    bits(found.levels["label_entropy_error"], [x["label_entropy"]["error"] for x in wanted["levels"]])


def test_guidance(program):
    words = ["--process=edm", "--class=0", "--omega=1,3", "--grid=snr:0.01:100:4"]
    wanted = program("guidance", file("mixture-3"), *words, "--json")
    found = info.guidance(law("mixture-3"), 0, omega=[1, 3], grid="snr:0.01:100:4")
    same(found, wanted)
    bits(found.effects["sde_shift"], [e["sde"]["shift"]["value"] for e in wanted["effects"]])
    bits(found.stretches["spent_1_error"], [s["spent"][1]["error"] for s in wanted["stretches"]])


@pytest.mark.parametrize("clock", ["kl-s2", "edm", "kl", "auto"])
def test_schedule(program, clock):
    name = "two-atoms" if clock == "auto" else "mixture-3"
    sampler = {"sampler": "dpmpp2m"} if clock == "auto" else {}
    words = [f"--{name}={value}" for name, value in sampler.items()]
    wanted = program("schedule", file(name), "--steps=6", f"--clock={clock}", *words, "--json")
    found = info.schedule(law(name), 6, clock=clock, **sampler)
    same(found, wanted)
    bits(np.asarray(found), wanted["sigmas"])
    bits(found.errors, wanted["errors"])
    assert (len(found), found[1]) == (6, wanted["sigmas"][1])
    assert found.path_kl == wanted["costs"][0].get("path_divergence", {}).get("value")


def test_study(program):
    words = ["--steps=4", "--starts=256", "--clocks=edm,kl-s2", "--json"]
    wanted = program("study", file("gaussian-rank-deficient"), *words)
    found = info.study(law("gaussian-rank-deficient"), steps=[4], starts=256, clocks=["edm", "kl-s2"])
    same(found, wanted)
    bits(found.table["distance"], [c["distance"]["value"] for row in wanted["rows"] for c in row["cells"]])


def test_audit_of_a_file(program):
    words = [f"--model={MODELS / 'exact.toml'}", file("mixture-2d"), "--sigmas=0.1,1", "--samples=8192", "--json"]
    wanted = program("audit", *words)
    found = info.audit(MODELS / "exact.toml", law("mixture-2d"), sigmas=[0.1, 1], samples=8192)
    same(found, wanted)
    bits(found.table["gap_error"], [x["gap"]["error"] for x in wanted["levels"]])
    assert found.verdict == "accepted"


def test_the_schedule_of_an_audit(program, tmp_path):
    found = info.audit(MODELS / "exact.toml", law("mixture-2d"), sigmas=[0.1, 0.3, 1, 3, 10], samples=8192)
    (tmp_path / "audit.json").write_text(json.dumps(found.to_dict()))
    wanted = program("schedule", f"--audit={tmp_path / 'audit.json'}", "--steps=4", "--sigma-min=0.1", "--json")
    bits(found.schedule(4, sigma_min=0.1).sigmas, wanted["sigmas"])


def test_the_schedule_of_a_table(program, tmp_path):
    sigma, mse, error = [0.01, 0.1, 1.0, 10.0, 80.0], [1e-4, 9e-3, 0.5, 0.98, 1.0], [1e-6, 1e-5, 1e-4, 1e-4, 1e-4]
    rows = "\n".join(f"{s!r},{m!r},{e!r}" for s, m, e in zip(sigma, mse, error))
    (tmp_path / "mse.csv").write_text(f"sigma,mse,error\n{rows}\n")
    wanted = program("schedule", f"--mse={tmp_path / 'mse.csv'}", "--steps=5", "--clock=kl", "--json")
    found = info.schedule((sigma, mse, error), 5, clock="kl")
    bits(found.sigmas, wanted["sigmas"])
    assert found.path_kl_error == wanted["costs"][0]["path_divergence"]["error"]


def test_the_schedule_of_a_profile(program, tmp_path):
    grid, out = "snr:1e-4:1e4:20", tmp_path / "p.csv"
    program("profile", file("mixture-3"), "--process=edm", f"--grid={grid}", f"--out={out}", "--json")
    wanted = program("schedule", f"--mse={out}", "--steps=5", "--json")
    bits(info.schedule(info.profile(law("mixture-3"), grid), 5).sigmas, wanted["sigmas"])


def test_convert(program):
    times = [[0.1, 0.3], [0.5, 0.8]]
    points = program("convert", "--from=flow:shift=3", "--to=ddpm-scaled-linear", "--t=0.1,0.3,0.5,0.8", "--json")["points"]
    found = info.convert(times, "flow:shift=3", "ddpm-scaled-linear")
    assert found.shape == (2, 2)
    bits(found.ravel(), [p["to"]["t"] for p in points])


@pytest.mark.parametrize("sampler", [None, "heun"])
def test_sample(program, tmp_path, sampler):
    out, labels = tmp_path / "x.npy", tmp_path / "y.npy"
    words = ["--process=edm", "--count=300", f"--out={out}", f"--labels={labels}", "--class=1"]
    words += [] if sampler is None else [f"--sampler={sampler}", "--steps=5", "--omega=2"]
    wanted = program("sample", file("mixture-2d"), *words, "--json")
    options = {} if sampler is None else {"sampler": sampler, "steps": 5, "omega": 2.0}
    found = info.sample(law("mixture-2d"), 300, label=1, **options)
    del wanted["files"]
    same(found, wanted)
    bits(found.points, np.load(out))
    assert (found.labels == np.load(labels)).all()
    if sampler is None:
        bits(law("mixture-2d").sample(300, label=1), np.load(out))


def test_fit(program, tmp_path):
    out = tmp_path / "fitted.json"
    words = [f"--data={EXAMPLES / 'digits.toml'}", f"--out={out}", "--covariance=low-rank:4", "--ridge=0.01", "--json"]
    wanted = program("fit", *words)
    found = info.fit(law("digits"), covariance="low-rank:4", ridge=0.01)
    document = found.to_dict()
    assert document.pop("file") != wanted.pop("file")
    assert document == wanted
    fitted = info.Law.from_file(out)
    assert (found.law.sha256, found.law.label_names) == (fitted.sha256, [str(i) for i in range(10)])
    bits(found.denoising["gain"], [level["gain"]["value"] for level in wanted["denoising"]])


@pytest.mark.parametrize(
    "statement, options",
    [
        ("mmse <= gaussian.mmse", {"cases": 20}),
        ("label_entropy_rate <= 0.1", {"cases": 20, "process": "vp-linear:b0=0.2", "explain": True, "threads": 1}),
        ("-label_entropy <= 0", {"cases": 20, "where": "snr >= 1", "laws": ["mixture", "gaussian"], "dim": 1}),
    ],
)
def test_check(program, statement, options):
    words = [f"--{n}={v if isinstance(v, str | int) else ','.join(v)}" for n, v in options.items() if n != "explain"]
    wanted = program("check", statement, *words, *["--explain"] * ("explain" in options), "--json")
    found = info.check(statement, **options)
    same(found, wanted)
    assert found.verdict == wanted["verdict"] and (found.counterexample is not None) == (found.verdict == "refuted")
    if found.counterexample is not None:
        bits(found.sides["lhs"], [route["lhs"]["value"] for route in wanted["counterexample"]["routes"]])
        bits(found.sides["rhs_error"], [route["rhs"]["error"] for route in wanted["counterexample"]["routes"]])
        level = {} if found.snr is None else {"level": f"snr:{found.snr!r}"}
        place = {"laws": found.counterexample, "process": found.process, "where": options.get("where")}
        assert info.check(statement, **place, **level).verdict == "refuted"


def test_verify(program):
    wanted = program("verify", "B2", "A1", "--effort=quick", "--evidence=quadrature,monte-carlo", "--json=-")
    found = info.verify("B2", "A1", effort="quick", evidence=["quadrature", "monte-carlo"])
    document = found.to_dict()
    for answer in (document, wanted):
        for claim in answer["claims"]:
            for evidence in claim["evidence"]:
                del evidence["seconds"]
    assert document == wanted and found.holds


def test_laws_of_arrays_are_those_of_files(tmp_path):
    """The digest is of all numbers and labels of a law."""
    wanted = law("mixture-2d")
    found = info.Law.from_file(EXAMPLES / "digits.toml")
    arrays = np.load(EXAMPLES / "digits.npz")
    images = arrays["x"] if "x" in arrays else arrays[next(n for n in arrays if n != "y")]
    assert info.Law.dataset(images * 0.125 - 1.0, labels=arrays["y"]).sha256 == found.sha256
    texts = info.Law.dataset(images * 0.125 - 1.0, labels=[str(y) for y in arrays["y"]])
    assert (texts.sha256, texts.label_names) == (found.sha256, found.label_names)
    covariances = [np.diag([0.5, 0.5]), [[1.0, 0.3], [0.3, 2.0]]]
    text = {"kind": "mixture", "means": [[0.1, 1e-300], [1 / 3, 2.0]], "weights": [0.25, 0.75]}
    text["covariances"] = [np.asarray(c).tolist() for c in covariances]
    path = Path(tmp_path / "law.json")
    path.write_text(json.dumps(text))
    wanted = info.Law.from_file(path)
    found = info.Law.mixture(text["means"], covariances, text["weights"])
    assert found.sha256 == wanted.sha256
    same(info.profile(found, [0.5], seed=3, samples=2048), info.profile(wanted, [0.5], seed=3, samples=2048).to_dict())


def test_threads_and_seeds():
    digits = law("digits")
    one = info.profile(digits, [0.5], quantities=["mmse"], samples=2048, threads=1)
    two = info.profile(digits, [0.5], quantities=["mmse"], samples=2048, threads=2)
    other = info.profile(digits, [0.5], quantities=["mmse"], samples=2048, seed=np.random.SeedSequence(5))
    assert one.mmse == two.mmse and one.mmse != other.mmse
