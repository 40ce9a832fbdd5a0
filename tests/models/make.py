"""Makes the ONNX files of this folder: an exact denoiser, one trained on the digits, and one for each way to be wrong.

    python make.py            every file but the trained one (a second)
    python make.py --train    digits.onnx too (a minute or two of CPU)

Needs onnx (1.23) and numpy (2.4). The trained weights depend in their last digits on the BLAS library; all else is the
same bytes everywhere. Files without a word of their own share the network of `exact`, the posterior mean of
examples/mixture-2d.toml: what is wrong with them is then known exactly.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


class Net:
    """A graph that grows by one node a call; numbers become constants."""

    def __init__(self, dtype=np.float32):
        self.nodes, self.constants, self.dtype = [], [], dtype

    def constant(self, value):
        name = f"c{len(self.constants)}"
        array = np.asarray(value)
        array = array if array.dtype == np.int64 else array.astype(self.dtype)
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def __call__(self, op, *inputs, out=None, outs=None, **attributes):
        inputs = [i if isinstance(i, str) else self.constant(i) for i in inputs]
        if outs:
            names = [f"n{len(self.nodes)}_{i}" for i in range(outs)]
            self.nodes.append(helper.make_node(op, inputs, names, **attributes))
            return names
        out = out or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [out], **attributes))
        return out

    def save(self, file, inputs, outputs):
        """`inputs` and `outputs`: (name, type, shape), where a text is a free dimension."""
        info = [[helper.make_tensor_value_info(*v) for v in side] for side in (inputs, outputs)]
        graph = helper.make_graph(self.nodes, "denoiser", *info, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8,
                                  producer_name="infodyn")
        onnx.checker.check_model(model)
        data = model.SerializeToString(deterministic=True)
        (HERE / file).write_bytes(data)
        return data


# examples/mixture-2d.toml
WEIGHTS = np.array([0.5, 0.3, 0.2])
MEANS = np.array([[-1.0, 0.5], [1.2, 0.0], [0.3, -1.5]])
COVARIANCES = [np.array([[0.30, 0.12], [0.12, 0.20]]), np.diag([0.10, 0.40]), 0.15 * np.eye(2)]


def posterior_mean(net, x, s2, out=None):
    """E[X_0 given X_0 + s Z = x] of the mixture; x [n, 2], s2 [n, 1] or a number's name of shape [] or [1]."""
    axes = [np.linalg.eigh(c) for c in COVARIANCES]
    values = np.concatenate([a[0] for a in axes])
    turn = np.concatenate([a[1] for a in axes], axis=1)  # 2 x 6
    place = np.concatenate([m @ a[1] for m, a in zip(MEANS, axes)])
    pool = np.kron(np.eye(3), np.ones((2, 1)))  # 6 x 3
    y = net("Sub", net("MatMul", x, turn), place)
    width = net("Add", s2, values)
    terms = net("Add", net("Div", net("Mul", y, y), width), net("Log", width))
    logits = net("Sub", np.log(WEIGHTS), net("Mul", net("MatMul", terms, pool), 0.5))
    weight = net("Softmax", logits, axis=1)
    moved = net("Mul", net("Div", net("Mul", y, values), width), net("MatMul", weight, pool.T))
    return net("Add", net("MatMul", moved, turn.T), net("MatMul", weight, MEANS), out=out)


BLIND = [0.1, 0.15, 0.2, 0.25, 0.3]


def log_density(net, x, s2):
    """log p(x) but for a constant, [n, 1]."""
    axes = [np.linalg.eigh(c) for c in COVARIANCES]
    values = np.concatenate([a[0] for a in axes])
    turn = np.concatenate([a[1] for a in axes], axis=1)
    place = np.concatenate([m @ a[1] for m, a in zip(MEANS, axes)])
    pool = np.kron(np.eye(3), np.ones((2, 1)))
    y = net("Sub", net("MatMul", x, turn), place)
    width = values + s2
    terms = net("Add", net("Div", net("Mul", y, y), width), np.log(width))
    logits = net("Sub", np.log(WEIGHTS), net("Mul", net("MatMul", terms, pool), 0.5))
    return net("ReduceLogSumExp", logits, axes=[1], keepdims=1)


def column(net, name):
    return net("Unsqueeze", name, np.array([1]))


def square(net, name):
    return net("Mul", name, name)


X, SIGMA, D = ("x", FLOAT, ["n", 2]), ("sigma", FLOAT, ["n"]), ("denoised", FLOAT, ["n", 2])


def exact(file, change=None, told=None, inputs=(X, SIGMA), outputs=(D,), dtype=np.float32):
    """The exact denoiser; `told(net, s)` is the level that it takes the second input for, `change(net, x, s, d)` what
    it answers in place of `d`."""
    net = Net(dtype)
    s = column(net, inputs[1][0])
    told_s = told(net, s) if told else s
    d = posterior_mean(net, inputs[0][0], square(net, told_s), out=None if change else outputs[0][0])
    if change:
        net("Identity", change(net, inputs[0][0], s, d), out=outputs[0][0])
    return net.save(file, inputs, outputs)


def of_time(file, kind):
    """The same law under other processes: `vp-linear` in t or an index, and a flow."""
    net = Net()
    t = column(net, "t")
    if kind == "index":
        t = net("Div", net("Add", net("Cast", t, to=FLOAT), 1.0), 1000.0)
    if kind == "flow":
        alpha, sigma = net("Sub", 1.0, t), t
        s2 = square(net, net("Div", sigma, alpha))
    else:
        # tanh(B/2): 1 - exp(-B) without a difference. B = 0.1 t + 9.95 t^2.
        b = net("Mul", t, net("Add", net("Mul", t, 9.95), 0.1))
        h = net("Tanh", net("Mul", b, 0.5))
        plus, minus = net("Add", 1.0, h), net("Sub", 1.0, h)
        alpha = net("Sqrt", net("Div", minus, plus))
        sigma = net("Sqrt", net("Div", net("Mul", h, 2.0), plus))
        s2 = net("Div", net("Mul", h, 2.0), minus)
    d = posterior_mean(net, net("Div", "x", alpha), s2)
    if kind == "flow":
        net("Div", net("Sub", "x", d), sigma, out="out")
    else:
        net("Div", net("Sub", "x", net("Mul", alpha, d)), sigma, out="out")
    net.save(file, [X, ("t", INT64 if kind == "index" else FLOAT, ["n"])], [("out", FLOAT, ["n", 2])])


def small_files():
    whole = exact("exact.onnx")
    of_time("vp_epsilon.onnx", "t")
    of_time("vp_epsilon_index.onnx", "index")
    of_time("flow_velocity.onnx", "flow")

    # What is wrong with these is in their names.
    exact("scale_1.05.onnx", lambda net, x, s, d: net("Mul", d, 1.05))
    exact("identity.onnx", lambda net, x, s, d: x)
    exact("constant_mean.onnx", lambda net, x, s, d: net("Add", net("Mul", d, 0.0), WEIGHTS @ MEANS))
    exact("constant_zero.onnx", lambda net, x, s, d: net("Mul", d, 0.0))
    exact("returns_epsilon.onnx", lambda net, x, s, d: net("Div", net("Sub", x, d), s))
    exact("returns_score.onnx", lambda net, x, s, d: net("Div", net("Sub", d, x), square(net, s)))
    exact("expects_ln_sigma.onnx", told=lambda net, s: net("Exp", s))
    exact("sigma_times_4.onnx", told=lambda net, s: net("Mul", s, 4.0))
    exact("leaks_across_batch.onnx",
          lambda net, x, s, d: net("Add", d, net("Mul", net("ReduceMean", d, axes=[0], keepdims=1), 0.5)))
    # The answer turned by 0.3 s/(1 + s) about the origin.
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])

    def rotational(net, x, s, d):
        angle = net("Mul", net("Div", s, net("Add", s, 1.0)), 0.3)
        return net("Add", net("Mul", d, net("Cos", angle)), net("Mul", net("MatMul", d, turn), net("Sin", angle)))

    exact("rotational.onnx", rotational)
    swap = np.array([[0.0, 1.0], [1.0, 0.0]])
    exact("rough.onnx", lambda net, x, s, d: net(
        "Add", d, net("Mul", net("Sin", net("Mul", net("MatMul", x, swap), 30.0)), 0.1)))
    exact("nan_at_small_sigma.onnx",
          lambda net, x, s, d: net("Add", d, net("Mul", net("Sqrt", net("Sub", s, 0.07)), 1e-30)))
    exact("inf_at_large_sigma.onnx",
          lambda net, x, s, d: net("Mul", d, net("Exp", net("Mul", net("Relu", net("Sub", s, 30.0)), 100.0))))

    # Other interfaces.
    exact("fixed_batch_1.onnx", inputs=[("x", FLOAT, [1, 2]), ("sigma", FLOAT, [1])],
          outputs=[("denoised", FLOAT, [1, 2])])
    exact("wrong_input_names.onnx", inputs=[("foo", FLOAT, ["n", 2]), ("bar", FLOAT, ["n"])])
    exact("float64.onnx", dtype=np.float64, outputs=[("denoised", TensorProto.DOUBLE, ["n", 2])],
          inputs=[("x", TensorProto.DOUBLE, ["n", 2]), ("sigma", TensorProto.DOUBLE, ["n"])])
    exact("float16.onnx", dtype=np.float16, outputs=[("denoised", TensorProto.FLOAT16, ["n", 2])],
          inputs=[("x", TensorProto.FLOAT16, ["n", 2]), ("sigma", TensorProto.FLOAT16, ["n"])])

    net = Net()
    d = posterior_mean(net, "x", square(net, column(net, "sigma")), out="denoised")
    net("ReduceSum", d, np.array([1]), out="energy")
    net("Mul", d, 2.0, out="hidden")
    net.save("extra_outputs.onnx", [X, SIGMA],
             [("hidden", FLOAT, ["n", 2]), D, ("energy", FLOAT, ["n", 1])])

    net = Net()
    posterior_mean(net, "x", square(net, "sigma"), out="denoised")
    net.save("scalar_sigma.onnx", [X, ("sigma", FLOAT, [])], [D])

    net = Net()
    flat = net("Reshape", "x", np.array([-1, 2]))
    d = posterior_mean(net, flat, square(net, column(net, "sigma")))
    net("Reshape", d, np.array([-1, 1, 1, 2]), out="denoised")
    net.save("nchw.onnx", [("x", FLOAT, ["n", 1, 1, 2]), SIGMA], [("denoised", FLOAT, ["n", 1, 1, 2])])

    # Not told the level: the exact mean where that is one of these, each as likely as the others.
    net = Net()
    turn = [posterior_mean(net, "x", s * s) for s in BLIND]
    logits = [log_density(net, "x", s * s) for s in BLIND]
    weight = net("Softmax", net("Concat", *logits, axis=1), axis=1)
    parts = net("Split", weight, outs=len(BLIND), axis=1)
    sums = [net("Mul", d, w) for d, w in zip(turn, parts)]
    total = sums[0]
    for part in sums[1:-1]:
        total = net("Add", total, part)
    net("Add", total, sums[-1], out="denoised")
    net.save("blind.onnx", [X], [D])

    random = np.random.default_rng(1)
    net = Net()
    h = net("Concat", "x", column(net, "sigma"), axis=1)
    h = net("Tanh", net("MatMul", h, random.normal(size=(3, 16))))
    net("MatMul", h, random.normal(size=(16, 2)), out="denoised")
    net.save("untrained.onnx", [X, SIGMA], [D])

    (HERE / "empty.onnx").write_bytes(b"")
    (HERE / "truncated.onnx").write_bytes(whole[: len(whole) // 2])
    (HERE / "not_onnx.onnx").write_bytes(b"This is no network, but a sentence in English.\n" * 8)


# A convolutional network in the manner of DnCNN: it is not told the level, pads around, and estimates the noise.

SIDE, LEVEL = 8, 0.2
KERNELS = [(0.75, -0.12), (0.9, -0.04), (0.95, 0.02)]


def response():
    """The noise filter at each frequency of a torus: between 0 and 1, symmetric. The answer x - Hx is the posterior
    mean under noise of LEVEL of the Gaussian field with the spectrum LEVEL^2 (1 - H)/H."""
    wave = 2 * np.cos(2 * np.pi * np.arange(SIDE) / SIDE)
    return np.prod([np.multiply.outer(b + a * wave, b + a * wave) for b, a in KERNELS], axis=0)


def convolutional(file):
    net, gains = Net(), np.array([0.5, 1.0, -2.0, 0.25])
    h, last = "x", len(KERNELS) - 1
    for layer, (b, a) in enumerate(KERNELS):
        kernel = np.multiply.outer([a, b, a], [a, b, a])
        # Each value passes through the gates as its two signs.
        into = np.array([1.0]) if layer == 0 else np.repeat(1 / (len(gains) * gains), 2) * np.tile([1, -1], len(gains))
        out = np.array([1.0]) if layer == last else np.repeat(gains, 2) * np.tile([1, -1], len(gains))
        for axis in (2, 3):
            edge = [net("Slice", h, np.array([i]), np.array([j]), np.array([axis]))
                    for i, j in ((SIDE - 1, SIDE), (0, 1))]
            h = net("Concat", edge[0], h, edge[1], axis=axis)
        weight = out[:, None, None, None] * into[None, :, None, None] * kernel
        h = net("Conv", h, weight, np.zeros(len(out)), kernel_shape=[3, 3])
        h = h if layer == last else net("Relu", h)
    net("Sub", "x", h, out="denoised")
    shape = ["n", 1, SIDE, SIDE]
    net.save(file, [("x", FLOAT, shape)], [("denoised", FLOAT, shape)])


# The digits.

HIDDEN, SCALE = 192, 0.85
FREQUENCIES = np.array([0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4])


def digits():
    pixels = np.load(HERE / "../../examples/digits.npz")["x"].astype(np.float32)
    return pixels.reshape(len(pixels), -1) * np.float32(0.125) - np.float32(1)


def held_out(n):
    """The rows that the network is not shown: every fifth."""
    return np.arange(n) % 5 == 4


def features(c_noise):
    angles = c_noise[:, None] * FREQUENCIES
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)


def train(steps=14_000, batch=512):
    """Karras et al. 2022: preconditioning, loss and noise levels; Adam, and an average of the weights."""
    random = np.random.default_rng(20250827)
    data = digits()
    data = data[~held_out(len(data))]
    dims = [64 + 2 * len(FREQUENCIES), HIDDEN, HIDDEN, HIDDEN, 64]
    weights = [random.normal(size=(a, b)).astype(np.float32) / np.sqrt(a / 2).astype(np.float32)
               for a, b in zip(dims, dims[1:])]
    weights[-1] *= np.float32(0.1)
    biases = [np.zeros(b, np.float32) for b in dims[1:]]
    parameters = weights + biases
    first, second = ([np.zeros_like(p) for p in parameters] for _ in range(2))
    mean = [p.copy() for p in parameters]
    for step in range(1, steps + 1):
        x0 = data[random.integers(len(data), size=batch)]
        sigma = np.exp(-0.8 + 1.3 * random.normal(size=batch)).astype(np.float32)
        noise = random.normal(size=x0.shape).astype(np.float32)
        s = sigma[:, None]
        total = np.sqrt(s * s + SCALE**2)
        x = x0 + s * noise
        target = (x0 - SCALE**2 / total**2 * x) / (s * SCALE / total)
        h = np.concatenate([x / total, features(np.log(sigma) / 4)], axis=1)
        inputs, gates = [], []
        for i, (w, b) in enumerate(zip(weights, biases)):
            inputs.append(h)
            h = h @ w + b
            if i + 1 < len(weights):
                gate = 1 / (1 + np.exp(-h))
                gates.append((h, gate))
                h = h * gate
        slope = 2 * (h - target) / batch / 64
        of_weights, of_biases = [], []
        for i in reversed(range(len(weights))):
            of_weights.insert(0, inputs[i].T @ slope)
            of_biases.insert(0, slope.sum(0))
            if i:
                h, gate = gates[i - 1]
                slope = slope @ weights[i].T * (gate * (1 + h * (1 - gate)))
        rate = 2e-3 * min(1, step / 200) * 0.5 * (1 + np.cos(np.pi * step / steps))
        keep = min(0.999, (1 + step) / (10 + step))
        for p, g, m, v, a in zip(parameters, of_weights + of_biases, first, second, mean):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            p -= np.float32(rate) * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
            a += np.float32(1 - keep) * (p - a)
    return mean[: len(weights)], mean[len(weights):]


def trained_file():
    weights, biases = train()
    net = Net()
    s = column(net, "sigma")
    s2 = net("Mul", s, s)
    total2 = net("Add", s2, SCALE**2)
    total = net("Sqrt", total2)
    angles = net("Mul", net("Mul", net("Log", s), 0.25), FREQUENCIES)
    h = net("Concat", net("Div", "x", total), net("Sin", angles), net("Cos", angles), axis=1)
    for i, (w, b) in enumerate(zip(weights, biases)):
        h = net("Add", net("MatMul", h, w), b)
        if i + 1 < len(weights):
            h = net("Mul", h, net("Sigmoid", h))
    skip = net("Mul", net("Div", SCALE**2, total2), "x")
    net("Add", skip, net("Mul", net("Div", net("Mul", s, SCALE), total), h), out="denoised")
    net.save("digits.onnx", [("x", FLOAT, ["n", 64]), SIGMA], [("denoised", FLOAT, ["n", 64])])


if __name__ == "__main__":
    small_files()
    convolutional("convolutional.onnx")
    if "--train" in sys.argv:
        trained_file()
