"""Writes the golden files of this folder with PyTorch in float64; README.md here says what is in them.

  python3 make_golden.py            writes *.safetensors beside this script
  python3 make_golden.py --check    computes again and compares with the files, writes nothing

Draws come from Python's own generator, so inputs and initial weights do not depend on the PyTorch version.
"""
import argparse
import os
import platform
import random
import sys

import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "bench", "peers"))
import mnist  # noqa: E402
import safetensors_file  # noqa: E402

EXAMPLES, PIXELS, BATCH, HIDDEN = 240, 49, 12, 20
KINK = 5e-5
ROUNDINGS = 8   # float32 runs, each with its own order of pixels and examples: same mathematics, other roundings
# activation, BN, optimiser, learning rate, steps, seed of the initial weights
CASES = {
    "sigmoid": ("sigmoid", False, "sgd", 0.5, 100, 2),
    "sigmoid_bn": ("sigmoid", True, "sgd", 0.5, 100, 2),
    "relu": ("relu", False, "sgd", 0.1, 100, 2),
    "relu_bn": ("relu", True, "sgd", 0.1, 100, 13),
    "sigmoid_bn_momentum": ("sigmoid", True, "momentum", 0.1, 20, 2),
    "sigmoid_bn_nesterov": ("sigmoid", True, "nesterov", 0.1, 20, 2),
    "sigmoid_bn_adam": ("sigmoid", True, "adam", 0.001, 20, 2),
    "sigmoid_bn_adagrad": ("sigmoid", True, "adagrad", 0.05, 20, 2),
}
OPTIMIZERS = {
    "sgd": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "adam": (torch.optim.Adam, {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0}),
    "adagrad": (torch.optim.Adagrad, {"eps": 1e-10}),
}


def examples():
    """One random 7x7 pattern per class, one pixel in eight flipped: learnable, and no two examples alike."""
    draw = random.Random(1)
    patterns = [[draw.random() < 0.5 for _ in range(PIXELS)] for _ in range(10)]
    labels = [draw.randrange(10) for _ in range(EXAMPLES)]
    inputs = [[int(bit != (draw.random() < 0.125)) for bit in patterns[label]] for label in labels]
    return torch.tensor(inputs, dtype=torch.uint8), torch.tensor(labels)


def initial(activation, bn, seed):
    """Parameters by state name, float32: Gaussian weights, zero biases, gamma 1, beta 0."""
    draw, state = random.Random(seed), {}
    for name, parameter in network(activation, bn).named_parameters():
        if parameter.dim() == 2:
            deviation = mnist.weight_deviation(activation, parameter.shape[1])
            values = [draw.gauss(0, deviation) for _ in range(parameter.numel())]
            state[name] = torch.tensor(values, dtype=torch.float64).reshape(parameter.shape).float()
        else:
            # PyTorch starts gamma at 1 and beta at 0; the biases of Linear it draws, here they are zero.
            state[name] = torch.ones_like(parameter.detach()) if name.endswith("weight") else torch.zeros_like(parameter.detach())
    return state


def nearest_kink(case, state, inputs, labels):
    """Least distance from zero of any value that enters a relu during the run. A value that float32 could round across the
    kink would make the rest of the run a matter of luck, so the seeds of CASES are chosen to keep this above KINK."""
    nearest = []
    hook = torch.nn.modules.module.register_module_forward_pre_hook(
        lambda layer, args: nearest.append(args[0].abs().min().item()) if isinstance(layer, torch.nn.ReLU) else None)
    train(case, state, inputs, labels, torch.float64)
    hook.remove()
    return min(nearest)


def network(activation, bn):
    return mnist.network(activation, bn, (PIXELS, HIDDEN, HIDDEN, HIDDEN))


def train(case, state, inputs, labels, dtype):
    """(losses, first gradients, final state). Batch i holds the examples 12 i .. 12 i + 11 modulo 240."""
    activation, bn, optimizer, rate, steps, _ = case
    net = network(activation, bn).to(dtype)
    net.load_state_dict({k: v.to(dtype) for k, v in state.items()}, strict=False)
    net.train()
    kind, options = OPTIMIZERS[optimizer]
    update = kind(net.parameters(), lr=rate, **options)
    losses, first = [], {}
    for i in range(steps):
        rows = slice(i * BATCH % EXAMPLES, i * BATCH % EXAMPLES + BATCH)
        update.zero_grad()
        loss = F.cross_entropy(net(inputs[rows].to(dtype)), labels[rows])
        loss.backward()
        if i == 0:
            first = {name: p.grad.clone() for name, p in net.named_parameters()}
        update.step()
        losses.append(loss.item())
    return torch.tensor(losses, dtype=torch.float64), first, {k: v.detach().clone() for k, v in net.state_dict().items()}


def reorder(draw, state, inputs, labels):
    """The same training in another order of pixels, and of examples inside each batch: (state, inputs, labels, pixels)."""
    pixels = torch.tensor(draw.sample(range(PIXELS), PIXELS))
    rows = torch.tensor([b + r for b in range(0, EXAMPLES, BATCH) for r in draw.sample(range(BATCH), BATCH)])
    return dict(state, **{"0.weight": state["0.weight"][:, pixels]}), inputs[rows][:, pixels], labels[rows], pixels


def deviation(a, b):
    return max((a[name].double() - b[name].double()).abs().max().item() for name in b)


def float32_deviations(case, state, inputs, labels, exact):
    """Largest distance of PyTorch's own float32 from float64 over ROUNDINGS orders: what rounding alone does."""
    worst, draw = {"losses": 0.0, "grad0": 0.0, "final": 0.0}, random.Random(3)
    for _ in range(ROUNDINGS):
        start, x, y, pixels = reorder(draw, state, inputs, labels)
        losses, first, final = train(case, start, x, y, torch.float32)
        for tensors in (first, final):
            tensors["0.weight"] = tensors["0.weight"][:, torch.argsort(pixels)]
        worst["losses"] = max(worst["losses"], (losses - exact[0]).abs().max().item())
        worst["grad0"] = max(worst["grad0"], deviation(first, exact[1]))
        worst["final"] = max(worst["final"], deviation(final, exact[2]))
    return {f"float32_{name}_deviation": f"{value:.3e}" for name, value in worst.items()}


def versions():
    return {"torch": torch.__version__, "python": platform.python_version()}


def training_case(case):
    activation, bn, optimizer, rate, steps, seed = case
    inputs, labels = examples()
    state = initial(activation, bn, seed)
    exact = train(case, state, inputs, labels, torch.float64)
    tensors = {"inputs": inputs, "labels": labels, "losses": exact[0]}
    for prefix, group in (("init", state), ("grad0", exact[1]), ("final", exact[2])):
        tensors.update({f"{prefix}.{name}": value for name, value in group.items()})
    metadata = {"activation": activation, "batch_norm": str(bn).lower(), "optimizer": optimizer, "learning_rate": str(rate),
                "steps": str(steps), "batch": str(BATCH), "bn_eps": "1e-05", "bn_momentum": "0.1"}
    metadata.update({name: str(value) for name, value in OPTIMIZERS[optimizer][1].items()})
    if activation == "relu":
        nearest = nearest_kink(case, state, inputs, labels)
        assert nearest > KINK, f"a value lies {nearest:.1e} from the kink of relu: choose another seed"
        metadata["least_distance_from_kink"] = f"{nearest:.3e}"
    metadata.update(float32_deviations(case, state, inputs, labels, exact), **versions())
    return tensors, metadata


ACTIVATIONS = {
    "identity": lambda z: z,
    "relu": F.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "leaky_relu": lambda z: F.leaky_relu(z, 0.01),
    "elu": lambda z: F.elu(z, 1.0),
}
ROWS, CHANNELS = 37, 19


def bn_inputs():
    """Float32 inputs. Channel 16 has mean 0 and deviation 1e-4 (eps dominates), 17 mean 1e4 and deviation 1e-2, 18 is constant."""
    draw = random.Random(12)
    centre = [draw.uniform(-5, 5) for _ in range(16)] + [0, 1e4, 2.7]
    spread = [draw.uniform(0.2, 3) for _ in range(16)] + [1e-4, 1e-2, 0]
    values = {
        "x": [[draw.gauss(c, s) for c, s in zip(centre, spread)] for _ in range(ROWS)],
        "dy": [[draw.gauss(0, 1) for _ in range(CHANNELS)] for _ in range(ROWS)],
        "gamma": [draw.uniform(0.5, 2) * draw.choice((-1, 1)) for _ in range(CHANNELS)],
        "beta": [draw.uniform(0.1, 1) * draw.choice((-1, 1)) for _ in range(CHANNELS)],
        "frozen_mean": [c + 0.25 * s for c, s in zip(centre, spread)],
        "frozen_variance": [1.5 * s * s + 1e-3 for s in spread],
    }
    return {name: torch.tensor(v, dtype=torch.float64).float() for name, v in values.items()}


def bn_run(inputs, activation, training, dtype):
    """y, dx, dgamma, dbeta, the values before the activation, and the running statistics after the pass."""
    t = {name: v.to(dtype).clone() for name, v in inputs.items()}
    x, gamma, beta = (t[n].requires_grad_() for n in ("x", "gamma", "beta"))
    mean = torch.zeros(CHANNELS, dtype=dtype) if training else t["frozen_mean"]
    variance = torch.ones(CHANNELS, dtype=dtype) if training else t["frozen_variance"]
    before = F.batch_norm(x, mean, variance, gamma, beta, training, 0.1, 1e-5)
    y = ACTIVATIONS[activation](before)
    y.backward(t["dy"])
    out = {"y": y.detach(), "dx": x.grad, "dgamma": gamma.grad, "dbeta": beta.grad}
    return out, before.detach(), mean, variance


def bn_reference():
    inputs = bn_inputs()
    x = inputs["x"].double()
    tensors = dict(inputs, mean=x.mean(0), variance=x.var(0, unbiased=False))
    metadata, nearest = {"bn_eps": "1e-05", "bn_momentum": "0.1", **versions()}, []
    for mode, training in (("batch", True), ("frozen", False)):
        for activation in ACTIVATIONS:
            exact, before, mean, variance = bn_run(inputs, activation, training, torch.float64)
            rounded = bn_run(inputs, activation, training, torch.float32)[0]
            nearest.append(before.abs().min().item())
            for name, value in exact.items():
                tensors[f"{mode}.{activation}.{name}"] = value
                by_channel = (rounded[name].double() - value).abs().reshape(-1, CHANNELS).amax(0)
                metadata[f"float32_deviation.{mode}.{activation}.{name}"] = " ".join(f"{d:.1e}" for d in by_channel.tolist())
            if training:
                tensors.update(running_mean=mean, running_variance=variance)
    # A value that float32 could round across a kink would make the gradient a matter of luck.
    assert min(nearest) > 1e-3, f"a value lies {min(nearest):.1e} from the kink of relu: choose another seed"
    metadata["least_distance_from_zero_before_activation"] = f"{min(nearest):.3e}"
    return tensors, metadata


def check(path, tensors):
    """Float64 results of another BLAS or PyTorch may differ in the last digits; drawn values must be equal."""
    stored = safetensors_file.load(path)[0]
    assert stored.keys() == tensors.keys(), f"{path}: other names"
    worst = 0.0
    for name, value in tensors.items():
        assert stored[name].dtype == value.dtype and stored[name].shape == value.shape, f"{path}: {name} has another type or shape"
        distance = (stored[name].double() - value.double()).abs() / value.double().abs().clamp(min=1)
        limit = 1e-9 if value.dtype == torch.float64 else 0
        assert distance.max().item() <= limit, f"{path}: {name} differs by {distance.max().item():.1e}"
        worst = max(worst, distance.max().item())
    return worst


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--check", action="store_true")
    verify = p.parse_args().check
    torch.set_num_threads(1)
    for name in [*CASES, "bn_reference"]:
        tensors, metadata = training_case(CASES[name]) if name in CASES else bn_reference()
        path = os.path.join(HERE, name + ".safetensors")
        if verify:
            print(f"{name}: largest relative difference {check(path, tensors):.1e}")
            continue
        safetensors_file.save(path, tensors, metadata)
        text = f"{os.path.getsize(path)} bytes"
        if "losses" in tensors:
            text += f", loss {tensors['losses'][0]:.4f} -> {tensors['losses'][-1]:.4f}"
            text += "".join(f", {k[8:-10]} {v}" for k, v in metadata.items() if k.startswith("float32_"))
        print(f"{name}: {text}")


if __name__ == "__main__":
    main()
