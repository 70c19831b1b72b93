"""Writes jacobian.safetensors with PyTorch in float64: singular values of the Jacobian of a small network; README.md here says what is in it.

  python3 make_jacobian_golden.py            writes the file beside this script
  python3 make_jacobian_golden.py --check    computes again and compares with the file, writes nothing
"""
import argparse
import os
import random
import sys

import torch
from torch.autograd.functional import jacobian

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "bench", "peers"))
import safetensors_file  # noqa: E402
from make_golden import check, versions  # noqa: E402

EXAMPLES, INPUTS, FIRST, SECOND, EPS = 7, 6, 5, 4, 1e-5


def initial():
    """Examples and parameters by Evenkeel's names, weights [outputs, inputs], float32."""
    draw = random.Random(11)

    def gaussian(mean, deviation, *shape):
        values = [draw.gauss(mean, deviation) for _ in range(torch.Size(shape).numel())]
        return torch.tensor(values, dtype=torch.float64).reshape(shape).float()

    return {
        "inputs": gaussian(0, 1, EXAMPLES, INPUTS),
        "linear1.weight": gaussian(0, 0.6, FIRST, INPUTS),
        "norm1.weight": gaussian(1, 0.2, FIRST),
        "norm1.bias": gaussian(0, 0.2, FIRST),
        "linear2.weight": gaussian(0, 0.6, SECOND, FIRST),
        "norm2.weight": gaussian(1, 0.2, SECOND),
        "norm2.bias": gaussian(0, 0.2, SECOND),
    }


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--check", action="store_true")
    verify = p.parse_args().check
    torch.set_num_threads(1)
    tensors = initial()
    s = {name: value.double() for name, value in tensors.items()}

    def normalized(name, x, statistics):
        mean, variance = statistics or (x.mean(0), x.var(0, unbiased=False))
        return (x - mean) / torch.sqrt(variance + EPS) * s[name + ".weight"] + s[name + ".bias"]

    def first(x, statistics=None):
        return normalized("norm1", x @ s["linear1.weight"].T, statistics)

    def second(z, statistics=None):
        return normalized("norm2", torch.sigmoid(z) @ s["linear2.weight"].T, statistics)

    x = s["inputs"]
    z = first(x)
    u, v = x @ s["linear1.weight"].T, torch.sigmoid(z) @ s["linear2.weight"].T
    held1, held2 = ((a.mean(0), a.var(0, unbiased=False)) for a in (u, v))
    places = {
        "input": (x, lambda a: second(first(a)), lambda a: second(first(a, held1), held2)),
        "norm1": (z, second, lambda a: second(a, held2)),
    }
    for name, (at, batch, held) in places.items():
        whole = jacobian(batch, at).reshape(EXAMPLES * SECOND, -1)
        tensors[f"batch.{name}"] = torch.linalg.svdvals(whole)
        each = [torch.linalg.svdvals(jacobian(lambda a: held(a[None])[0], row)) for row in at]
        tensors[f"held.{name}"] = torch.stack(each)
    path = os.path.join(HERE, "jacobian.safetensors")
    if verify:
        print(f"jacobian: largest relative difference {check(path, tensors):.1e}")
        return
    safetensors_file.save(path, tensors, versions())
    print(f"jacobian: {os.path.getsize(path)} bytes")


if __name__ == "__main__":
    main()
