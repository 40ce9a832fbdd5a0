"""Levels in the units of schedulers, against what these were seen to do (`crates/infodyn/tests/recorded.json`)."""

import json

import numpy as np
import pytest
from conftest import ROOT

import infodyn as info

RECORDED = json.loads((ROOT / "crates/infodyn/tests/recorded.json").read_text())
LEVELS = [12.5, 4.0, 1.75, 0.6, 0.11, 0.03]
SCHEDULE = info.schedule(None, 6, sigmas=LEVELS)


def scheduler(name, **config):
    """A scheduler, as far as it is read: the name of its class and its config."""
    return type(name, (), {"config": type("Config", (dict,), {"__getattr__": dict.get})(config)})()


def flow(sigmas):
    return sigmas / (1.0 + sigmas)


def shifted(times, shift):
    """What the scheduler does to its list, as recorded."""
    return shift * times / (1.0 + (shift - 1.0) * times)


def test_k_diffusion_and_euler():
    assert SCHEDULE.k_diffusion().tolist() == [*LEVELS, 0.0]
    euler = scheduler("EulerDiscreteScheduler", beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012)
    assert SCHEDULE.diffusers(euler) == {"sigmas": [*LEVELS, 0.0]}


def test_edm_ramp():
    ramp = RECORDED["edm_ramp"]
    low, high, rho = ramp["sigma_min"], ramp["sigma_max"], ramp["rho"]
    u = np.asarray(SCHEDULE.diffusers(scheduler("EDMEulerScheduler", sigma_min=low, sigma_max=high, rho=rho))["sigmas"])
    reached = (high ** (1 / rho) + u * (low ** (1 / rho) - high ** (1 / rho))) ** rho
    np.testing.assert_allclose(reached, LEVELS, rtol=ramp["relative"])
    with pytest.raises(ValueError, match="rho = 5.0, expected 7.0"):
        SCHEDULE.diffusers(scheduler("EDMEulerScheduler", rho=5.0))
    with pytest.raises(ValueError, match="sigma_schedule"):
        SCHEDULE.diffusers(scheduler("EDMEulerScheduler", sigma_schedule="exponential"))


@pytest.mark.parametrize(
    ("config", "mu", "shift"),
    [
        ({}, None, 1.0),
        ({"shift": 3.0}, None, 3.0),
        ({"use_dynamic_shifting": True, "time_shift_type": "exponential"}, 1.15, np.exp(1.15)),
        ({"use_dynamic_shifting": True, "time_shift_type": "linear"}, RECORDED["flow"]["mu"], RECORDED["flow"]["mu"]),
    ],
)
def test_flow(config, mu, shift):
    found = SCHEDULE.diffusers(scheduler("FlowMatchEulerDiscreteScheduler", **config), mu=mu)
    assert set(found) == ({"sigmas"} if mu is None else {"sigmas", "mu"})
    times = np.array(found["sigmas"])
    np.testing.assert_allclose(shifted(times, shift), flow(np.array(LEVELS)), rtol=RECORDED["flow"]["relative"])
    if mu == RECORDED["flow"]["mu"]:
        # The rule of this test is the recorded one.
        np.testing.assert_allclose(shifted(np.array(RECORDED["flow"]["given"]), mu), RECORDED["flow"]["stepped"], atol=5e-4)


def test_flow_from_noise_alone():
    start = info.schedule(None, 4, clock="flow:1", sigma_max=np.inf)
    assert start.flow()[0] == 1.0 and len(start.flow(3.0)) == 4
    assert start.diffusers("FlowMatchEulerDiscreteScheduler")["sigmas"] == start.flow().tolist()


def test_training_steps():
    table = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012, "num_train_timesteps": 1000}
    place = RECORDED["euler_timesteps"]
    heun = info.schedule(None, 1, sigmas=[place["sigma"]]).diffusers(scheduler("HeunDiscreteScheduler", **table))
    assert heun["timesteps"][0] == pytest.approx(place["t"], abs=1e-3)
    whole = info.schedule(None, 1, sigmas=[place["sigma"]]).diffusers(scheduler("DPMSolverMultistepScheduler", **table))
    assert whole == {"timesteps": [612]} and isinstance(whole["timesteps"][0], int)
    end = next(e for e in RECORDED["tables"]["index"] if "zero-snr" in e["table"])
    found = info.schedule(None, 1, sigmas=[end["sigma"]])
    zero = found.diffusers(scheduler("HeunDiscreteScheduler", rescale_betas_zero_snr=True, **table))
    assert zero["timesteps"][0] == pytest.approx(end["t"], abs=0.5)
    assert found.timesteps("ddpm-scaled-linear:zero-snr").tolist() == [round(end["t"])]


@pytest.mark.parametrize(
    ("name", "config", "said"),
    [
        ("DDIMScheduler", {}, "expected EulerDiscreteScheduler"),
        ("EDMDPMSolverMultistepScheduler", {}, "cannot be told its levels"),
        ("FlowMatchHeunDiscreteScheduler", {}, "expected FlowMatchEulerDiscreteScheduler"),
        ("NoScheduler", {}, "is not recorded, expected one of EulerDiscreteScheduler"),
        ("EulerDiscreteScheduler", {"beta_schedule": "sigmoid"}, "beta_schedule = 'sigmoid'"),
        ("EulerDiscreteScheduler", {"trained_betas": [0.1]}, "trained_betas"),
        ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True}, "use_karras_sigmas"),
        ("FlowMatchEulerDiscreteScheduler", {"use_beta_sigmas": True}, "use_beta_sigmas"),
        ("FlowMatchEulerDiscreteScheduler", {"use_dynamic_shifting": True}, "expected mu"),
        ("FlowMatchEulerDiscreteScheduler", {"invert_sigmas": True}, "invert_sigmas"),
        ("UniPCMultistepScheduler", {}, "use_flow_sigmas"),
        ("UniPCMultistepScheduler", {"use_flow_sigmas": True, "use_karras_sigmas": True}, "use_karras_sigmas"),
        ("UniPCMultistepScheduler", {"use_flow_sigmas": True, "use_dynamic_shifting": True}, "use_dynamic_shifting"),
        ("UniPCMultistepScheduler", {"use_flow_sigmas": True, "shift_terminal": 0.1}, "shift_terminal"),
        ("DPMSolverSinglestepScheduler", {"use_flow_sigmas": True}, "use_flow_sigmas = True"),
        ("DPMSolverMultistepScheduler", {"final_sigmas_type": "sigma_min"}, "final_sigmas_type"),
        ("EDMEulerScheduler", {"final_sigmas_type": "sigma_min"}, "final_sigmas_type"),
    ],
)
def test_what_cannot_be_told(name, config, said):
    with pytest.raises(ValueError, match=said) as refused:
        SCHEDULE.diffusers(scheduler(name, **config))
    assert "\n" not in str(refused.value)


def test_levels_outside_the_table():
    wide = info.schedule(None, 2, sigmas=[80.0, 1.0])
    with pytest.raises(ValueError, match="80"):
        wide.diffusers(scheduler("EulerDiscreteScheduler", beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012))
    with pytest.raises(ValueError, match="--table"):
        wide.diffusers("EulerDiscreteScheduler")


def test_the_string_of_comfyui():
    small = info.schedule(None, 2, sigmas=[1.0, 0.00001])
    assert small.comfyui() == "1, 0.00001, 0"
