"""Trains the 784-100-100-100-10 network with `evenkeel` and with PyTorch from the same weights on the same MNIST examples in file
order, and prints how far losses and parameters part.

  python3 compare_training.py --data FOLDER_WITH_IDX_FILES [--command "dotnet run -c Release --project src/Evenkeel.Cli --"]

The judge is PyTorch in float64. Beside Evenkeel's distance from it stands that of PyTorch's own float32: an honest float32
implementation lands within a small factor of it. Exit 1 when a case is beyond --factor times PyTorch's float32 and beyond the
floor, 2 when a run fails. Run it from the repository's root.
"""
import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile

import torch
import torch.nn.functional as F

import mnist
import safetensors_file

BATCH, STEPS = 60, 100
CASES = [("sigmoid", False, 0.5), ("sigmoid", True, 0.5), ("relu", False, 0.1), ("relu", True, 0.1)]
# Below this a distance is rounding whatever its ratio: 16 units in the last place of a float32 of size 1.
FLOOR = 2e-6


def config(data, init, activation, bn, rate):
    """What `evenkeel train` reads. The only place that knows its keys."""
    hidden = [{"type": "linear", "units": 100}] + ([{"type": "batchnorm"}] if bn else []) + [{"type": activation}]
    # Named by place, as nn.Sequential does, so that checkpoints carry PyTorch's state names.
    layers = [dict(layer, name=str(i)) for i, layer in enumerate(hidden * 3 + [{"type": "linear", "units": 10}])]
    return {
        "network": {"layers": layers},
        "data": {"source": data, "encoding": "binary"},
        "batchSize": BATCH, "steps": STEPS,
        "optimizer": {"type": "sgd", "learningRate": rate},
        "shuffle": "none", "seed": 1, "init": init, "logEvery": 1,
    }


def initial(activation, bn):
    """A network with Gaussian weights, zero biases, gamma 1, beta 0."""
    torch.manual_seed(1)
    net = mnist.network(activation, bn)
    for name, parameter in net.named_parameters():
        with torch.no_grad():
            if parameter.dim() == 2:
                parameter.normal_(0, mnist.weight_deviation(activation, parameter.shape[1]))
            elif name.endswith("bias"):
                parameter.zero_()
    return net


def train_pytorch(net, rate, images, labels, dtype):
    net = net.to(dtype).train()
    update, losses = torch.optim.SGD(net.parameters(), lr=rate), []
    for step in range(STEPS):
        rows = slice(step * BATCH, (step + 1) * BATCH)
        update.zero_grad()
        loss = F.cross_entropy(net(images[rows].to(dtype)), labels[rows])
        loss.backward()
        update.step()
        losses.append(loss.item())
    return losses, {name: value.detach().clone() for name, value in net.state_dict().items()}


def train_evenkeel(command, folder, settings):
    os.makedirs(folder)
    file, run = os.path.join(folder, "config.json"), os.path.join(folder, "run")
    with open(file, "w") as out:
        json.dump(settings, out, indent=2)
    done = subprocess.run(shlex.split(command) + ["train", file, "--out", run], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        fail(f"{command} train {file} --out {run}: exit {done.returncode}\n{done.stdout}")
    with open(os.path.join(run, "metrics.jsonl")) as lines:
        records = [json.loads(line) for line in lines if line.strip()]
    losses = [r["loss"] for r in records if "step" in r and "loss" in r]
    if len(losses) != STEPS:
        fail(f"{run}/metrics.jsonl: {len(losses)} losses, expected one for each of {STEPS} steps")
    return losses, safetensors_file.load(os.path.join(run, "checkpoints", "last.safetensors"))[0]


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(2)


def distances(run, exact):
    """(largest loss difference, largest state difference, that state's name); the state includes running statistics and counts."""
    loss = (torch.tensor(run[0], dtype=torch.float64) - torch.tensor(exact[0], dtype=torch.float64)).abs().max().item()     # NaN stays NaN
    missing = exact[1].keys() - run[1].keys()
    if missing:
        fail(f"last.safetensors lacks {', '.join(sorted(missing))}; it has {', '.join(sorted(run[1]))}")
    worst, where = 0.0, ""
    for name, value in exact[1].items():
        if run[1][name].shape != value.shape:
            fail(f"last.safetensors: {name} is {list(run[1][name].shape)}, expected {list(value.shape)}")
        distance = (run[1][name].double() - value.double()).abs().max().item()
        if not distance <= worst:       # also true for NaN
            worst, where = distance, name
    return loss, worst, where


def compare(a, folder, case):
    activation, bn, rate = case
    label = activation + (" + BN" if bn else "")
    path = os.path.join(folder, label.replace(" + ", "_").lower())
    images, labels = mnist.load(a.data, "train")
    init = path + ".safetensors"
    safetensors_file.save(init, initial(activation, bn).state_dict(), {"format": "pt"})
    exact = train_pytorch(initial(activation, bn), rate, images, labels, torch.float64)
    single = distances(train_pytorch(initial(activation, bn), rate, images, labels, torch.float32), exact)
    ours = distances(train_evenkeel(a.command, path, config(os.path.abspath(a.data), init, activation, bn, rate)), exact)
    good = all(o <= max(FLOOR, a.factor * s) for o, s in zip(ours[:2], single[:2]))
    print(f"{label:<14} {exact[0][0]:8.4f} {exact[0][-1]:8.4f}  {ours[0]:10.2e} {single[0]:10.2e}  {ours[1]:10.2e} {single[1]:10.2e}  "
          f"{ours[2]:<18} {'ok' if good else 'BEYOND'}", flush=True)
    return good


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True, help="folder with MNIST's IDX files, plain or gzip")
    p.add_argument("--command", default="dotnet run -c Release --project src/Evenkeel.Cli --", help="how to start evenkeel")
    p.add_argument("--factor", type=float, default=8, help="how many times PyTorch's own float32 distance is allowed")
    p.add_argument("--keep", metavar="DIR", help="write the run folders here, not into a temporary folder")
    a = p.parse_args()
    torch.set_num_threads(1)
    print(f"{STEPS} steps of {BATCH}, against PyTorch {torch.__version__} in float64; allowed: {a.factor:g} x PyTorch's float32, or {FLOOR:g}")
    print(f"{'network':<14} {'loss at':>8} {'loss at':>8}  {'max |loss difference|':^21}  {'max |state difference|':^21}  {'evenkeel':<18}\n"
          f"{'':<14} {'first':>8} {'last':>8}  {'evenkeel':>10} {'float32':>10}  {'evenkeel':>10} {'float32':>10}  {'largest at':<18}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = os.path.abspath(a.keep or temporary)
        os.makedirs(folder, exist_ok=True)
        good = [compare(a, folder, case) for case in CASES]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
