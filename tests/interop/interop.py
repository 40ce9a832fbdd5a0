"""Hands lists that infodyn writes to the libraries that they are for, and looks at what these step through.

    python interop.py PROGRAM RECORDS [--record]

PROGRAM is the infodyn to ask, RECORDS the file of what the libraries were seen to do (`crates/infodyn/tests/recorded.json`),
which is compared with what they do now, or rewritten. Exits with 1 where a list is not stepped through as it should be, or
a record is no longer true.
"""

import json
import math
import subprocess
import sys
import types
from importlib.metadata import version
from importlib.util import find_spec

import numpy as np
import torch

SINGLE = 2.4e-7
LEVELS = "12.5,4,1.75,0.6,0.11,0.03"
failures = []


def told(condition, what):
    print(("ok    " if condition else "WRONG ") + what)
    if not condition:
        failures.append(what)


def k_diffusion_sampling():
    """The module alone: the package itself imports what its training needs."""
    stub = types.ModuleType("k_diffusion")
    stub.__path__ = list(find_spec("k_diffusion").submodule_search_locations)
    sys.modules["k_diffusion"] = stub
    for name in ("torchvision", "torchvision.transforms", "torchvision.transforms.functional"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["torchvision"].transforms = sys.modules["torchvision.transforms"]
    sys.modules["torchvision.transforms"].functional = sys.modules["torchvision.transforms.functional"]
    import k_diffusion.sampling

    return k_diffusion.sampling


def ask(program, *arguments):
    answer = subprocess.run([program, "schedule", *arguments, "--json"], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise SystemExit(f"infodyn schedule {' '.join(arguments)}: {answer.stderr.strip()}")
    return json.loads(answer.stdout)


def off(found, wanted):
    found, wanted = np.asarray(found, dtype=np.float64), np.asarray(wanted, dtype=np.float64)
    if found.shape != wanted.shape:
        return math.inf
    some = wanted > 0
    return float(np.max(np.abs(found[some] / wanted[some] - 1.0), initial=0.0)) if np.all(found[~some] == 0) else math.inf


def schedulers():
    import diffusers

    diffusers.utils.logging.set_verbosity_error()
    scaled = dict(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012)
    return {
        "diffusers-euler": lambda **k: diffusers.EulerDiscreteScheduler(**scaled, **k),
        "diffusers-edm-euler": lambda **k: diffusers.EDMEulerScheduler(**k),
        "diffusers-flow-euler": lambda **k: diffusers.FlowMatchEulerDiscreteScheduler(**k),
        "diffusers-unipc": lambda **k: diffusers.UniPCMultistepScheduler(use_flow_sigmas=True, prediction_type="flow_prediction", **k),
        "diffusers-heun": lambda **k: diffusers.HeunDiscreteScheduler(**scaled, **k),
        "DDPMScheduler": lambda **k: diffusers.DDPMScheduler(**scaled, **k),
        "DPMSolverMultistepScheduler": lambda **k: diffusers.DPMSolverMultistepScheduler(**scaled, **k),
        "LCMScheduler": lambda **k: diffusers.LCMScheduler(**scaled, **k),
    }


def stepped(scheduler, python):
    """What a scheduler steps through after the line of Python that the export gives."""
    exec(python, {"scheduler": scheduler, "torch": torch, "np": np})
    return scheduler.sigmas.double().numpy()


def exports(program):
    make = schedulers()
    sd = ["--table", "ddpm-scaled-linear"]
    flow_time = lambda s: s / (1.0 - s)
    for fmt, more, keys in [
        ("diffusers-euler", sd, {}),
        ("diffusers-edm-euler", [], {}),
        ("diffusers-heun", sd, {}),
        ("diffusers-flow-euler", [], {}),
        ("diffusers-flow-euler", ["--shift", "3"], {"shift": 3.0}),
        ("diffusers-flow-euler", ["--mu", "1.15"], {"use_dynamic_shifting": True}),
        ("diffusers-flow-euler", ["--mu", "2", "--time-shift", "linear"], {"use_dynamic_shifting": True, "time_shift_type": "linear"}),
        ("diffusers-unipc", ["--shift", "5"], {"flow_shift": 5.0}),
    ]:
        answer = ask(program, "--sigmas", LEVELS, "--format", fmt, *more)
        found = stepped(make[fmt](**keys), answer["export"]["python"])
        wanted, allowed = np.array(answer["sigmas"]), SINGLE
        if fmt == "diffusers-heun":
            # Each inner level twice; a time in single precision tells a level to 1e-6.
            found, allowed = np.concatenate([found[:1], found[1:-1:2], found[-1:]]), 1e-6
        if "flow" in fmt or "unipc" in fmt:
            # Compared as flow times, in which the library holds them.
            wanted = wanted / (1.0 + wanted)
            if fmt == "diffusers-unipc":
                found = np.concatenate([found[: len(wanted) - 1], [0.0]])
        told(off(found, wanted) <= allowed, f"{fmt} {' '.join(more)}: off by {off(found, wanted):.1e}, {allowed:.1e} allowed")
    for name in ("DDPMScheduler", "DPMSolverMultistepScheduler", "LCMScheduler"):
        answer = ask(program, "--sigmas", LEVELS, "--format", name, *sd)
        scheduler = make[name]()
        exec(answer["export"]["python"], {"scheduler": scheduler})
        steps = [int(t) for t in scheduler.timesteps]
        told(steps == answer["export"]["values"], f"{name}: training steps {steps}")
        alphas = scheduler.alphas_cumprod.double().numpy()[steps]
        reached = ((1.0 - alphas) / alphas) ** 0.5
        apart = off(reached, answer["export"]["achieved"][:-1])
        told(apart <= SINGLE, f"{name}: the levels that are reached are those told, to {apart:.1e}")
    sampling = k_diffusion_sampling()
    answer = ask(program, "--sigmas", LEVELS, "--format", "k-diffusion")
    seen = []

    def model(x, sigma):
        seen.append(float(sigma[0]))
        return 0.0 * x

    names = {"torch": torch, "k_diffusion": types.SimpleNamespace(sampling=sampling), "model": model, "shape": (1, 2, 4, 4)}
    exec(answer["export"]["python"], names)
    apart = off(seen, answer["sigmas"][:-1])
    told(apart <= SINGLE, f"k-diffusion: the model is asked at the levels, to {apart:.1e}")
    import azula.noise
    import azula.sample

    answer = ask(program, "--sigmas", LEVELS, "--format", "azula")
    names = {"torch": torch, "azula": sys.modules["azula"]}
    exec(answer["export"]["python"], names)
    times = torch.tensor(answer["export"]["values"], dtype=torch.float32)
    alpha, sigma = names["schedule"](times)
    reached = (sigma / alpha).double().numpy()
    apart = off(reached[:-1], answer["export"]["achieved"][:-1])
    told(apart <= 14 * SINGLE, f"azula: levels of the schedule, to {apart:.1e}")
    return sampling


def records(known):
    """What the libraries do now, in the form of the records."""
    import diffusers

    here = json.loads(json.dumps(known))
    names = {"ddpm-linear": "linear", "ddpm-scaled-linear": "scaled_linear", "ddpm-cosine": "squaredcos_cap_v2"}
    ends = {"linear": (0.0001, 0.02), "scaled_linear": (0.00085, 0.012), "squaredcos_cap_v2": (0.0001, 0.02)}

    def table(name):
        name, _, snr = name.partition(":")
        kind = names[name]
        start, end = ends[kind]
        keys = dict(beta_schedule=kind, beta_start=start, beta_end=end)
        if snr:
            return diffusers.EulerDiscreteScheduler(rescale_betas_zero_snr=True, timestep_spacing="trailing", **keys)
        return diffusers.DDPMScheduler(**keys)

    for row in here["tables"]["ends"]:
        alphas = table(row["table"]).alphas_cumprod.double()
        sigmas = ((1.0 - alphas) / alphas).sqrt()
        row["last"] = float(sigmas[-1])
        if "first" in row:
            row["first"] = float(sigmas[0])
    euler = diffusers.EulerDiscreteScheduler(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012)
    euler.set_timesteps(timesteps=[here["euler_timesteps"]["t"]])
    here["euler_timesteps"]["sigma"] = float(euler.sigmas[0])
    edm = diffusers.EDMEulerScheduler()
    edm.set_timesteps(18)
    here["karras18"]["sigmas"] = [float(edm.sigmas[i]) for i in here["karras18"]["places"]]
    flow = diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, time_shift_type=here["flow"]["time_shift"])
    flow.set_timesteps(sigmas=here["flow"]["given"], mu=here["flow"]["mu"])
    here["flow"]["stepped"] = [float(s) for s in flow.sigmas[:-1]]
    zero = diffusers.EulerDiscreteScheduler(rescale_betas_zero_snr=True, timestep_spacing="trailing")
    zero.set_timesteps(10)
    here["zero_snr"]["first"] = float(zero.sigmas[0])

    def untold(name):
        import inspect

        parameters = inspect.signature(getattr(diffusers, name).set_timesteps).parameters
        return not {"sigmas", "timesteps"} & set(parameters)

    here["untold"]["schedulers"] = [n for n in known["untold"]["schedulers"] if untold(n)]
    return here


def compare(known, here, place=""):
    if isinstance(known, dict):
        for key in known:
            compare(known[key], here.get(key), f"{place}.{key}" if place else key)
    elif isinstance(known, list):
        told(len(known) == len(here), f"{place}: {len(here)} entries")
        for i, (a, b) in enumerate(zip(known, here)):
            compare(a, b, f"{place}[{i}]")
    elif isinstance(known, float):
        # Records have six digits or more.
        if abs(known - here) > 1e-3 * abs(known):
            told(False, f"{place}: {here}, recorded {known}")
    elif known != here:
        told(False, f"{place}: {here}, recorded {known}")


def main():
    program, path, *rest = sys.argv[1:]
    print(", ".join(f"{name} {version(name)}" for name in ("torch", "diffusers", "k-diffusion", "azula", "numpy")))
    exports(program)
    with open(path, encoding="utf-8") as file:
        known = json.load(file)
    here = records(known)
    if rest == ["--record"]:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(here, file, indent=2)
            file.write("\n")
    else:
        compare(known, here)
    print(f"{len(failures)} wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
