"""The Python package beside the real schedulers: `scheduler.set_timesteps(**schedule.diffusers(scheduler))`.

Exits with 1 where a scheduler does not step through the levels, or one that cannot be told them is not refused.
"""

import sys

import numpy as np
from interop import LEVELS, SINGLE, failures, off, schedulers, told

import infodyn as info


def main():
    import diffusers

    schedule = info.schedule(None, 6, sigmas=[float(s) for s in LEVELS.split(",")])
    make = schedulers()
    for name, keys, mu in [
        ("diffusers-euler", {}, None),
        ("diffusers-edm-euler", {}, None),
        ("diffusers-heun", {}, None),
        ("diffusers-flow-euler", {}, None),
        ("diffusers-flow-euler", {"shift": 3.0}, None),
        ("diffusers-flow-euler", {"use_dynamic_shifting": True}, 1.15),
        ("diffusers-flow-euler", {"use_dynamic_shifting": True, "time_shift_type": "linear"}, 2.0),
        ("diffusers-unipc", {"flow_shift": 5.0}, None),
    ]:
        scheduler = make[name](**keys)
        scheduler.set_timesteps(**schedule.diffusers(scheduler, mu=mu))
        found, wanted, allowed = scheduler.sigmas.double().numpy(), schedule.sigmas, SINGLE
        if name == "diffusers-heun":
            # Each inner level twice; a time in single precision tells a level to 1e-6.
            found, allowed = np.concatenate([found[:1], found[1:-1:2], found[-1:]]), 1e-6
        if "flow" in name or "unipc" in name:
            wanted = wanted / (1.0 + wanted)
        if name == "diffusers-unipc":
            found = np.concatenate([found[: len(wanted) - 1], [0.0]])
        told(off(found, wanted) <= allowed, f"package, {type(scheduler).__name__} {keys}: off by {off(found, wanted):.1e}")
    for name in ("DDPMScheduler", "DPMSolverMultistepScheduler", "LCMScheduler"):
        scheduler, steps = make[name](), schedule.diffusers(make[name]())
        scheduler.set_timesteps(**steps)
        told([int(t) for t in scheduler.timesteps] == steps["timesteps"], f"package, {name}: {steps['timesteps']}")
    flow = {"use_flow_sigmas": True, "prediction_type": "flow_prediction"}
    for name, keys in [
        ("DDIMScheduler", {}),
        ("EDMDPMSolverMultistepScheduler", {}),
        ("FlowMatchHeunDiscreteScheduler", {}),
        ("FlowMatchLCMScheduler", {}),
        ("CogVideoXDDIMScheduler", {}),
        ("EDMEulerScheduler", {"final_sigmas_type": "sigma_min"}),
        ("DPMSolverMultistepScheduler", flow),
        ("DPMSolverMultistepScheduler", {"final_sigmas_type": "sigma_min"}),
        ("DPMSolverSinglestepScheduler", flow),
        ("UniPCMultistepScheduler", {}),
        ("UniPCMultistepScheduler", {**flow, "use_karras_sigmas": True}),
        ("UniPCMultistepScheduler", {**flow, "use_dynamic_shifting": True}),
        ("UniPCMultistepScheduler", {**flow, "shift_terminal": 0.1}),
        ("UniPCMultistepScheduler", {**flow, "final_sigmas_type": "sigma_min"}),
        ("FlowMatchEulerDiscreteScheduler", {"use_karras_sigmas": True}),
        ("FlowMatchEulerDiscreteScheduler", {"use_dynamic_shifting": True}),
    ]:
        try:
            schedule.diffusers(getattr(diffusers, name)(**keys))
        except ValueError as refusal:
            told("\n" not in str(refusal), f"package: {refusal}")
        else:
            told(False, f"package: {name} {keys} was not refused")
    print(f"{len(failures)} wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
