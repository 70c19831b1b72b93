"""Writes whitening.safetensors with PyTorch in float64: layers that whiten, and their gradients by automatic differentiation.

  python3 make_whitening_golden.py
"""
import os
import random
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "bench", "peers"))
import safetensors_file  # noqa: E402

ROWS, CHANNELS, EPS = 40, 12, 1e-3
SIZES = (1, 3, 12)


def zca(covariance):
    values, vectors = torch.linalg.eigh(covariance)
    return vectors @ torch.diag(values.rsqrt()) @ vectors.T


def newton(covariance, iterations=5):
    trace = covariance.trace()
    p, n = torch.eye(len(covariance), dtype=covariance.dtype), covariance / trace
    for _ in range(iterations):
        p = 1.5 * p - 0.5 * p @ p @ p @ n
    return p / trace.sqrt()


def whitened(x, gamma, beta, size, inverse_root):
    groups = []
    for block in x.split(size, 1):
        centred = block - block.mean(0)
        covariance = centred.T @ centred / len(x) + EPS * torch.eye(size, dtype=x.dtype)
        groups.append(centred @ inverse_root(covariance))
    return torch.cat(groups, 1) * gamma + beta


def main():
    draw = random.Random(3)

    def gaussian(*shape):
        count = torch.Size(shape).numel()
        return torch.tensor([draw.gauss(0, 1) for _ in range(count)], dtype=torch.float32).view(*shape)

    # Related channels of different means and sizes.
    x = gaussian(ROWS, CHANNELS) @ (torch.eye(CHANNELS) + 0.5 * gaussian(CHANNELS, CHANNELS)) + 3 * gaussian(CHANNELS)
    given = {"x": x, "dy": gaussian(ROWS, CHANNELS), "gamma": 1 + 0.3 * gaussian(CHANNELS), "beta": gaussian(CHANNELS)}
    tensors = dict(given)
    for name, inverse_root in (("zca", zca), ("newton", newton)):
        for size in SIZES:
            leaves = {k: given[k].double().requires_grad_() for k in ("x", "gamma", "beta")}
            y = whitened(leaves["x"], leaves["gamma"], leaves["beta"], size, inverse_root)
            y.backward(given["dy"].double())
            case = f"{name}.{size}."
            tensors[case + "y"] = y
            tensors.update({f"{case}d{k}": leaf.grad for k, leaf in leaves.items()})
    metadata = {"torch": torch.__version__, "eps": str(EPS), "iterations": "5"}
    safetensors_file.save(os.path.join(HERE, "whitening.safetensors"), tensors, metadata)


if __name__ == "__main__":
    main()
