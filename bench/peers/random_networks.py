"""Random networks exported by PyTorch: what `evenkeel` computes from the files must be what PyTorch computes in double.

  python3 random_networks.py TOOL [--count 100] [--seed 0] [--folder random-networks]

TOOL is the built tool (src/Evenkeel.Cli/bin/Release/net10.0/Evenkeel.Cli). Each network is drawn from a seed, so a seed repeats a finding. Its
batch normalisations get statistics, scales and shifts far from where they begin. It is run as it is, folded, and exported again both ways; its
statistics are measured anew, after which a diagnosis must find nothing. One line per finding; files of findings stay in the folder. Needs python3-torch.
"""
import argparse
import os
import random
import shutil
import subprocess
import sys
import warnings

import numpy
import torch
import torch.nn as nn
import torch.nn.functional as functional
import torch.onnx.errors

# Float32 against double through some ten layers, relative to the largest output.
TOLERANCE = 3e-5
OPSETS = [9, 11, 12, 13, 14, 15, 16, 17]


class Residual(nn.Module):
    def __init__(self, body, after):
        super().__init__()
        self.body, self.after = body, after

    def forward(self, x):
        return self.after(x + self.body(x))


class Branches(nn.Module):
    def __init__(self, branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([b(x) for b in self.branches], 1)


class Gate(nn.Module):
    def __init__(self, channels, draw):
        super().__init__()
        inner = max(1, channels // 2)
        self.narrow, self.widen = nn.Conv2d(channels, inner, 1), nn.Conv2d(inner, channels, 1)
        self.squash = draw.choice([torch.sigmoid, functional.hardsigmoid])

    def forward(self, x):
        return x * self.squash(self.widen(torch.relu(self.narrow(functional.adaptive_avg_pool2d(x, 1)))))


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def shuffle(x):
    n, c, h, w = x.shape
    return x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)


def swap(x):
    first, second = x.chunk(2, 1)
    return torch.cat([second, first], 1)


class Drawing:
    """Draws layers that fit a shape; one that does not is drawn again."""

    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.kinds = [self.convolution] * 5 + [self.normalized, self.pool, self.residual, self.residual, self.branches, self.branches,
                                               self.gate, self.larger, self.arithmetic, self.moved]

    def network(self):
        shape = (self.draw.choice([1, 2, 3, 4]), self.draw.choice([7, 8, 9, 12]), self.draw.choice([6, 8, 11]))
        layers, now = [], shape
        for _ in range(self.draw.randrange(2, 8)):
            layers.append(self.layer(now))
            now = shape_after(layers[-1], now)
            if now[0] > 64 or now[1] * now[2] > 900:
                break
        return nn.Sequential(*layers, *self.head(*now)), shape

    def layer(self, shape, depth=0):
        while True:
            kind = self.draw.choice(self.kinds)
            try:
                module = kind(*shape, depth)
                if module is not None and min(shape_after(module, shape)) > 0:
                    return module
            except (RuntimeError, ValueError):
                continue

    def same(self, shape, depth, channels_too):
        for _ in range(30):
            module = self.layer(shape, depth + 1)
            made = shape_after(module, shape)
            if made == shape or not channels_too and made[1:] == shape[1:]:
                return module
        return None

    def norm(self, channels):
        return nn.BatchNorm2d(channels, eps=self.draw.choice([1e-5, 1e-3, 0.1]), affine=self.draw.random() < 0.85)

    def activation(self, channels):
        def slopes(n):
            layer = nn.PReLU(n)
            layer.weight.data.uniform_(-0.5, 0.5)
            return layer

        return self.draw.choice([nn.ReLU, nn.ReLU, nn.ReLU6, nn.Sigmoid, nn.Tanh, nn.Hardswish, nn.Hardsigmoid, nn.SiLU, nn.Identity, nn.SELU,
                                 nn.Softplus, nn.Mish, lambda: nn.LeakyReLU(0.1), lambda: nn.ELU(0.7), lambda: nn.Hardtanh(-0.5, 2.0),
                                 lambda: slopes(1), lambda: slopes(channels)])()

    def convolution(self, c, h, w, depth):
        draw = self.draw
        groups = draw.choice([1, 1, 1, 2, c])
        out = c * draw.choice([1, 2]) if groups == c else groups * draw.choice([1, 2, 3, 4])
        kernel = draw.choice([(1, 1), (3, 3), (3, 3), (5, 5), (1, 3), (2, 2), (3, 1)])
        layers = [nn.Conv2d(c, out, kernel, draw.choice([1, 1, 2]), draw.choice([0, kernel[0] // 2, 1, 2]), draw.choice([1, 1, 2]), groups,
                            draw.random() < 0.5, draw.choice(["zeros"] * 6 + ["reflect", "replicate"]))]
        if draw.random() < 0.85:
            layers.append(self.norm(out))
        layers.append(self.activation(out))
        if draw.random() < 0.15:
            layers.append(self.norm(out))
        if draw.random() < 0.1:
            layers.append(nn.Dropout(0.3))
        return nn.Sequential(*layers)

    def normalized(self, c, h, w, depth):
        return nn.Sequential(self.norm(c), self.activation(c))

    def pool(self, c, h, w, depth):
        draw = self.draw
        if draw.random() < 0.1:
            return nn.AdaptiveMaxPool2d(1)
        size, stride, padding, up = draw.choice([2, 3]), draw.choice([1, 2, 3]), draw.choice([0, 1]), draw.random() < 0.4
        if draw.random() < 0.5:
            return nn.MaxPool2d(size, stride, padding, ceil_mode=up)
        return nn.AvgPool2d(size, stride, padding, ceil_mode=up, count_include_pad=not up and draw.random() < 0.5)

    def residual(self, c, h, w, depth):
        body = self.same((c, h, w), depth, True) if depth < 2 else None
        return body and Residual(body, self.activation(c))

    def branches(self, c, h, w, depth):
        if depth >= 2 or c > 16:
            return None
        parts = [self.same((c, h, w), depth, False) for _ in range(self.draw.choice([2, 2, 3]))]
        return Branches(parts) if all(parts) else None

    def gate(self, c, h, w, depth):
        return Gate(c, self.draw)

    def larger(self, c, h, w, depth):
        draw = self.draw
        if h * w > 200:
            return None
        if draw.random() < 0.4:
            return nn.Upsample(scale_factor=2)
        groups = draw.choice([1, 1, 2])
        stride = draw.choice([1, 2])
        out = groups * draw.choice([1, 2, 3])
        return nn.Sequential(nn.ConvTranspose2d(c, out, draw.choice([2, 3]), stride, draw.choice([0, 1]), draw.choice([0, stride - 1]), groups,
                                                draw.random() < 0.5), self.norm(out), self.activation(out))

    def arithmetic(self, c, h, w, depth):
        a, b = self.draw.uniform(0.5, 2), self.draw.uniform(-1, 1)
        return Function(self.draw.choice([lambda x: x * a + b, lambda x: b - x, lambda x: x / a, lambda x: functional.pad(x, (1, 0, 2, 1)),
                                          lambda x: x.clamp(-1, 1)]))

    def moved(self, c, h, w, depth):
        if c % 4 == 0 and self.draw.random() < 0.3:
            return nn.PixelShuffle(2)
        return Function(self.draw.choice([shuffle, swap])) if c % 2 == 0 else None

    def head(self, c, h, w):
        return self.draw.choice([
            lambda: [],
            lambda: [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c, 5)],
            lambda: [nn.Flatten(), nn.Linear(c * h * w, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 4), nn.Softmax(1)],
            lambda: [Function(lambda x: x.mean((2, 3))), nn.Linear(c, 3, bias=False), nn.BatchNorm1d(3)],
            lambda: [nn.Flatten(), nn.BatchNorm1d(c * h * w), nn.Linear(c * h * w, 4)],
            lambda: [nn.AdaptiveAvgPool2d(1), Function(lambda x: x.squeeze(-1).squeeze(-1)), nn.Linear(c, 5), nn.LogSoftmax(1)],
        ])()


def shape_after(module, shape):
    with torch.no_grad():
        return tuple(module.eval()(torch.zeros(1, *shape)).shape[1:])


def disturb(net):
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.running_mean.normal_(0, 0.5)
            module.running_var.uniform_(0.3, 2)
            if module.affine:
                module.weight.data.uniform_(-1.5, 1.5)
                module.bias.data.normal_(0, 0.5)


class Trial:
    """One network: its files, and what is asked of the tool."""

    def __init__(self, tool, folder, seed):
        self.tool, self.seed, self.findings, self.done = tool, seed, [], []
        self.folder = os.path.join(folder, str(seed))
        os.makedirs(self.folder, exist_ok=True)
        torch.manual_seed(seed)
        drawing = Drawing(seed)
        self.net, self.shape = drawing.network()
        disturb(self.net)
        self.net.eval()
        x = torch.randn(3, *self.shape)
        with torch.no_grad():
            self.expected = self.net.double()(x.double()).numpy()
        self.net.float()
        self.opset = drawing.draw.choice(OPSETS)
        mode = drawing.draw.choice([torch.onnx.TrainingMode.EVAL, torch.onnx.TrainingMode.PRESERVE])
        numpy.save(self.path("x.npy"), x.numpy())
        numpy.save(self.path("table.npy"), numpy.random.default_rng(seed).standard_normal((60, *self.shape)).astype("f"))
        torch.onnx.export(self.net, x, self.path("net.onnx"), opset_version=self.opset, input_names=["x"], output_names=["y"],
                          dynamic_axes={"x": {0: "n"}, "y": {0: "n"}}, training=mode, do_constant_folding=mode == torch.onnx.TrainingMode.EVAL)

    def path(self, name):
        return os.path.join(self.folder, name)

    def call(self, what, *arguments):
        result = subprocess.run([self.tool, *arguments], capture_output=True, text=True, timeout=120)
        if result.returncode:
            self.findings.append(f"{what}: {(result.stderr or result.stdout).strip()[:300]}")
        return result.returncode == 0

    def matches(self, what, model):
        if not self.call(what, "run", self.path(model), "--input", self.path("x.npy"), "--output-dir", self.path("out")):
            return
        y = numpy.load(self.path("out/y.npy"))
        error = numpy.abs(y - self.expected).max() / max(1e-9, numpy.abs(self.expected).max()) if y.shape == self.expected.shape else numpy.inf
        if error < TOLERANCE:
            self.done.append(what)
        else:
            self.findings.append(f"{what}: {y.shape} for {self.expected.shape}, off by {error:.3g}")

    def run(self):
        net, again = self.path("net.onnx"), self.path("again.onnx")
        self.matches("read", "net.onnx")
        for mode in ("keep", "fold"):
            if self.call(f"export {mode}", "export", net, "--out", again, "--bn", mode):
                self.matches(f"export {mode}", "again.onnx")
        if "BatchNormalization" not in open(net, "rb").read().decode("latin1"):
            return
        if self.call("fold", "fold", net, "--out", again):
            self.matches("fold", "again.onnx")
        data = ["--data", self.path("table.npy")]
        if self.call("recalibrate", "recalibrate", net, *data, "--out", again) and self.call("diagnose", "diagnose", again, *data):
            self.done.append("repair")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", default="random-networks")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    counts, findings, unwritten = {}, 0, 0
    for seed in range(options.seed, options.seed + options.count):
        try:
            trial = Trial(options.tool, options.folder, seed)
        except (RuntimeError, torch.onnx.errors.OnnxExporterError):
            unwritten += 1
            continue
        trial.run()
        for what in trial.done:
            counts[what] = counts.get(what, 0) + 1
        for finding in trial.findings:
            print(f"seed {seed}, opset {trial.opset}: {finding}", flush=True)
        findings += len(trial.findings)
        if not trial.findings:
            shutil.rmtree(trial.folder)
    print(f"{options.count - unwritten} networks ({unwritten} more that PyTorch does not export), {findings} findings; matching: " + ", ".join(f"{k} {v}" for k, v in counts.items()))
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
