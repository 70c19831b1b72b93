"""Writes the golden files of whole convolutional networks with PyTorch in float64; README.md here says what is in them.

  python3 make_network_golden.py                writes bn_inception.safetensors and resnet20.safetensors beside this script
  python3 make_network_golden.py --check        computes again and compares with the files, writes nothing
  python3 make_network_golden.py --seeds 1 20   prints the kink margin of seeds 1 to 20 of each network, writes nothing

Initial values come from a hash of the tensor's name and the value's index (values), so that files need not hold them.
"""
import argparse
import os
import random

import torch
import torch.nn.functional as F

import make_golden
import safetensors_file

STEPS, BATCHES, CLASSES, MOMENTUM = 20, 2, 10, 0.9
ROUNDINGS = 24   # float32 runs, each with its own order of colours and examples, with and without oneDNN
MARGIN = 4      # in the first step no value lies nearer to a kink than this many times its layer's largest float32 error
FLOOR = 0.01    # tensors whose values are all smaller are compared with this
MASK = (1 << 64) - 1


def signed(value):
    return value - (1 << 64) if value >> 63 else value


def values(name, seed, shape):
    """Float64 values in [-1, 1), each exact in float32: splitmix64 of FNV-1a of the name, of the seed and of the index."""
    key = 0xCBF29CE484222325
    for byte in name.encode():
        key = ((key ^ byte) * 0x100000001B3) & MASK
    count = torch.Size(shape).numel()
    # Products of int64 wrap like those of uint64; a logical shift is an arithmetic one with the sign's copies masked off.
    z = torch.arange(1, count + 1) * signed(0x9E3779B97F4A7C15) + signed((key + seed) & MASK)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z = (z ^ ((z >> shift) & (MASK >> shift))) * signed(factor)
    z = z ^ ((z >> 31) & (MASK >> 31))
    return (((z >> 40) & 0xFFFFFF).double() / (1 << 23) - 1).reshape(shape)


class Pass:
    """One network at work: parameters and running statistics by Evenkeel's names, made when first asked for."""

    def __init__(self, seed, dtype):
        self.seed, self.dtype, self.training, self.state, self.margins = seed, dtype, True, {}, None

    def tensor(self, name, shape, centre=0.0, bound=1.0, trainable=True):
        if name not in self.state:
            start = (centre + bound * values(name, self.seed, shape)).float().to(self.dtype)
            self.state[name] = start.requires_grad_(trainable)
        return self.state[name]

    def trainable(self):
        return {name: value for name, value in self.state.items() if value.requires_grad}

    def convolution(self, x, name, filters, kernel, stride=1):
        inputs = x.shape[1] * kernel * kernel
        weight = self.tensor(name + ".weight", (filters, x.shape[1], kernel, kernel), bound=(6 / inputs) ** 0.5)
        return F.conv2d(x, weight, None, stride, kernel // 2)

    def batch_norm(self, x, name):
        channels = x.shape[1:2]
        # Values of mean 0.75 and deviation 0.5 in front of relus. With the usual 0 and 1, half of all values are cut off, gradients
        # grow from layer to layer towards the input, and 20 steps of BN-Inception amplify a rounding to 0.1 in the loss.
        scale = self.tensor(name + ".weight", channels, 0.5, 0.125)
        shift = self.tensor(name + ".bias", channels, 0.75, 0.25)
        mean = self.tensor(name + ".running_mean", channels, 0, 0, trainable=False)
        variance = self.tensor(name + ".running_var", channels, 1, 0, trainable=False)
        return F.batch_norm(x, mean, variance, scale, shift, self.training, 0.1, 1e-5)

    def relu(self, x):
        if self.margins is not None:
            self.margins.append(x.detach())
        return F.relu(x)

    def max_pool(self, x, stride):
        if self.margins is not None:
            windows = F.unfold(x.detach().flatten(0, 1)[:, None], 3, 1, 1, stride).topk(2, 1).values
            # Zeros stop every gradient in the relu in front. Behind an average over the whole image (5a) all positions are
            # equal, and it does not matter which of them the gradient takes.
            harmless = (windows[:, 0] == 0) | (windows[:, 0] - windows[:, 1] < 1e-12)
            self.margins.append(torch.where(harmless, torch.inf, windows[:, 0] - windows[:, 1]))
        return F.max_pool2d(x, 3, stride, 1)

    def linear(self, x, name):
        bound = (1 / x.shape[1]) ** 0.5
        return F.linear(x, self.tensor(name + ".weight", (CLASSES, x.shape[1]), bound=bound),
                        self.tensor(name + ".bias", (CLASSES,), 0, 0.1))


INCEPTION = {"3a": (64, 64, 64, 64, 96, "avg", 32, 1), "3b": (64, 64, 96, 64, 96, "avg", 64, 1),
             "3c": (0, 128, 160, 64, 96, "max", 0, 2), "4a": (224, 64, 96, 96, 128, "avg", 128, 1),
             "4b": (192, 96, 128, 96, 128, "avg", 128, 1), "4c": (160, 128, 160, 128, 160, "avg", 96, 1),
             "4d": (96, 128, 192, 160, 192, "avg", 96, 1), "4e": (0, 128, 192, 192, 256, "max", 0, 2),
             "5a": (352, 192, 320, 160, 224, "avg", 128, 1), "5b": (352, 192, 320, 192, 224, "max", 128, 1)}


def bn_inception(net, x):
    """BN-Inception as Evenkeel's BnInception builds it, with an eighth of the paper's channels."""
    def unit(x, name, filters, kernel, stride=1):
        return net.relu(net.batch_norm(net.convolution(x, name + ".conv", filters // 8, kernel, stride), name + ".bn"))

    x = net.max_pool(unit(x, "conv1", 64, 7, 2), 2)
    x = net.max_pool(unit(unit(x, "conv2.reduce", 64, 1), "conv2", 192, 3), 2)
    for module, (n1, n3r, n3, d3r, d3, pool, projection, stride) in INCEPTION.items():
        name = f"inception{module}."
        parts = [unit(x, name + "1x1", n1, 1)] if n1 else []
        parts.append(unit(unit(x, name + "3x3.reduce", n3r, 1), name + "3x3", n3, 3, stride))
        double = unit(unit(x, name + "double3x3.reduce", d3r, 1), name + "double3x3.1", d3, 3)
        parts.append(unit(double, name + "double3x3.2", d3, 3, stride))
        pooled = net.max_pool(x, stride) if pool == "max" else F.avg_pool2d(x, 3, stride, 1)
        parts.append(unit(pooled, name + "projection", projection, 1) if projection else pooled)
        x = torch.cat(parts, 1)
    return net.linear(x.mean((2, 3)), "head")


def resnet20(net, x):
    """ResNet-20 as Evenkeel's CifarResNet builds it, with 8, 16 and 32 channels."""
    def unit(x, name, number, filters, kernel, stride=1):
        return net.batch_norm(net.convolution(x, f"{name}conv{number}", filters, kernel, stride), f"{name}bn{number}")

    x = net.relu(unit(x, "", 1, 8, 3))
    for stage in range(3):
        for block in range(3):
            name, filters, stride = f"layer{stage + 1}.{block}.", 8 << stage, 2 if stage > 0 and block == 0 else 1
            main = unit(net.relu(unit(x, name, 1, filters, 3, stride)), name, 2, filters, 3)
            if stride > 1:
                x = net.batch_norm(net.convolution(x, name + "downsample.0", filters, 1, stride), name + "downsample.1")
            x = net.relu(main + x)
    return net.linear(x.mean((2, 3)), "fc")


# network, size of the images, batch, learning rate, seed
CASES = {"bn_inception": (bn_inception, 64, 8, 0.003, 63), "resnet20": (resnet20, 32, 4, 0.003, 8)}


def examples(name, size, batch):
    """Images as bytes [count, size, size, 3], a pattern of 8 x 8 blocks for each class under as much noise; labels."""
    count = BATCHES * batch
    labels = torch.arange(count) * 7 % CLASSES
    patterns = values(f"{name} patterns", 0, (CLASSES, 8, 8, 3))[labels]
    noise = values(f"{name} noise", 0, (count, size, size, 3))
    patterns = patterns.repeat_interleave(size // 8, 1).repeat_interleave(size // 8, 2)
    return ((patterns + noise + 2) * 64).to(torch.uint8), labels


def prepared(images, dtype):
    """[count, 3, size, size]; exact in any type."""
    return ((images.to(dtype) - 128) / 64).permute(0, 3, 1, 2).contiguous()


def start(case, dtype, colours=None):
    """The network with its initial values; its first convolution reads colours in the given order."""
    net = Pass(case[4], dtype)
    case[0](net, torch.ones(2, 3, case[1], case[1], dtype=dtype))
    for name, value in net.state.items():
        if name.endswith(("running_mean", "running_var")):
            value.fill_(name.endswith("var"))
    if colours is not None:
        first = net.state[next(iter(net.state))]
        first.data = first.data[:, colours].contiguous()
    return net


def train(case, inputs, labels, colours=None):
    """Losses [steps]; then by name: first gradients; first output, running statistics and the output they give at the end."""
    network, _, batch, rate, _ = case
    net = start(case, inputs.dtype, colours)
    update = torch.optim.SGD(net.trainable().values(), lr=rate, momentum=MOMENTUM)
    losses, first, results = [], {}, {}
    for i in range(STEPS):
        rows = slice(i % BATCHES * batch, (i % BATCHES + 1) * batch)
        update.zero_grad()
        output = network(net, inputs[rows])
        loss = F.cross_entropy(output, labels[rows])
        loss.backward()
        if i == 0:
            results["output0"] = output.detach()
            first = {name: value.grad.clone() for name, value in net.trainable().items()}
        update.step()
        losses.append(loss.item())
    net.training = False
    with torch.no_grad():
        results["final_output"] = network(net, inputs[:batch])
    results.update({f"final.{name}": value for name, value in net.state.items() if not value.requires_grad})
    return torch.tensor(losses, dtype=torch.float64), first, results


def kink_margin(case, images):
    """Over the layers with a kink, the least distance of any value from it over the layer's largest float32 error. A value
    that rounding carries across would make first gradients a matter of luck."""
    taken = []
    for dtype in (torch.float64, torch.float32):
        net = start(case, dtype)
        net.margins = []
        case[0](net, prepared(images[:case[2]], dtype))
        taken.append(net.margins)
    return min((exact.abs().min() / (exact - rounded).abs().nan_to_num(0, 0).max()).item() for exact, rounded in zip(*taken))


def relative(actual, exact):
    """Largest distance over the tensors' largest value, or over FLOOR: some gradients are zero but for rounding."""
    return max(((actual[n].double() - v).abs().max() / v.abs().max().clamp(min=FLOOR)).item() for n, v in exact.items())


def float32_deviations(case, images, labels, exact):
    """Largest distance of PyTorch's own float32 from float64 over ROUNDINGS orders: what rounding alone does."""
    batch, draw = case[2], random.Random(3)
    worst = dict.fromkeys(("losses", "grad0", "output0", "final_output", "final_statistics"), 0.0)
    for i in range(ROUNDINGS):
        colours = torch.tensor(draw.sample(range(3), 3))
        rows = torch.tensor(draw.sample(range(batch), batch))
        order = torch.cat([rows + b * batch for b in range(BATCHES)])
        with torch.backends.mkldnn.flags(enabled=i % 2 == 0):
            losses, first, results = train(case, prepared(images[order][..., colours], torch.float32), labels[order], colours)
        name = next(iter(first))
        first[name] = first[name][:, torch.argsort(colours)]
        for output in ("output0", "final_output"):
            results[output] = results[output][torch.argsort(rows)]
        found = {"losses": (losses - exact[0]).abs().max().item(), "grad0": relative(first, exact[1])}
        found.update({n: relative(results, {n: exact[2][n]}) for n in ("output0", "final_output")})
        found["final_statistics"] = relative(results, {n: v for n, v in exact[2].items() if n.startswith("final.")})
        worst = {n: max(worst[n], found[n]) for n in worst}
    return {f"float32_{name}_deviation": f"{value:.3e}" for name, value in worst.items()}


def network_case(name):
    case = CASES[name]
    images, labels = examples(name, case[1], case[2])
    exact = train(case, prepared(images, torch.float64), labels)
    margin = kink_margin(case, images)
    assert margin > MARGIN, f"{name}: a value lies {margin:.1f} float32 errors from a kink: choose another seed"
    tensors = {"images": images, "labels": labels, "losses": exact[0], **exact[2]}
    tensors.update({f"grad0.{n}": v.float() for n, v in exact[1].items()})
    metadata = {"network": name, "size": str(case[1]), "batch": str(case[2]), "learning_rate": str(case[3]), "seed": str(case[4]),
                "momentum": str(MOMENTUM), "steps": str(STEPS), "bn_eps": "1e-05", "bn_momentum": "0.1", "kink_margin": f"{margin:.1f}"}
    metadata.update(float32_deviations(case, images, labels, exact), **make_golden.versions())
    return tensors, metadata


def print_margins(first, last):
    for name, case in CASES.items():
        images, _ = examples(name, case[1], case[2])
        print(name, *(f"{seed}: {kink_margin((*case[:4], seed), images):.1f}" for seed in range(first, last + 1)))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--check", action="store_true")
    p.add_argument("--seeds", type=int, nargs=2)
    options = p.parse_args()
    torch.set_num_threads(1)
    if options.seeds:
        return print_margins(*options.seeds)
    for name in CASES:
        tensors, metadata = network_case(name)
        path = os.path.join(make_golden.HERE, name + ".safetensors")
        if options.check:
            print(f"{name}: largest relative difference {make_golden.check(path, tensors):.1e}")
            continue
        safetensors_file.save(path, tensors, metadata)
        print(f"{name}: {os.path.getsize(path)} bytes, loss {tensors['losses'][0]:.4f} -> {tensors['losses'][-1]:.4f}, kink margin "
              + metadata["kink_margin"] + "".join(f", {k[8:-10]} {v}" for k, v in metadata.items() if k.startswith("float32_")))


if __name__ == "__main__":
    main()
