"""Exports small networks from PyTorch as ONNX with inputs and outputs: what `evenkeel` must read and match.

  python3 make_onnx_golden.py [FOLDER]     writes x.npy and for each network NAME.onnx and NAME.y.npy into FOLDER (default: onnx beside this script)

Batch normalisation stays in the files (training mode "preserve" while the network evaluates), with statistics, scales and shifts that
are far from where they begin. Needs python3-torch and python3-onnx.
"""
import os
import sys

import numpy
import torch
import torch.nn as nn

HERE = os.path.dirname(os.path.abspath(__file__))


def unit(cin, cout, kernel, stride=1, groups=1, activation=nn.ReLU):
    parts = [nn.Conv2d(cin, cout, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(cout)]
    return nn.Sequential(*parts, activation()) if activation else nn.Sequential(*parts)


class Basic(nn.Module):
    """Two 3x3 convolutions and a way past them, as in ResNet-18."""

    def __init__(self, cin, cout, stride):
        super().__init__()
        self.main = nn.Sequential(unit(cin, cout, 3, stride), unit(cout, cout, 3, activation=None))
        self.shortcut = unit(cin, cout, 1, stride, activation=None) if stride > 1 or cin != cout else nn.Identity()

    def forward(self, x):
        return torch.relu(self.main(x) + self.shortcut(x))


class Inverted(nn.Module):
    """Widen, filter each channel by itself, narrow: MobileNet-v2's block, with its clipped rectifier."""

    def __init__(self, cin, cout, stride, widen):
        super().__init__()
        wide = cin * widen
        self.main = nn.Sequential(unit(cin, wide, 1, activation=nn.ReLU6),
                                  unit(wide, wide, 3, stride, groups=wide, activation=nn.ReLU6),
                                  unit(wide, cout, 1, activation=None))
        self.passes = stride == 1 and cin == cout

    def forward(self, x):
        return x + self.main(x) if self.passes else self.main(x)


class Branches(nn.Module):
    """An Inception module of Ioffe & Szegedy 2015, figure 5."""

    def __init__(self, cin, single, triple, double, pool, projection, stride=1):
        super().__init__()
        branches = [unit(cin, single, 1)] if single else []
        branches.append(nn.Sequential(unit(cin, triple, 1), unit(triple, triple, 3, stride)))
        branches.append(nn.Sequential(unit(cin, double, 1), unit(double, double, 3), unit(double, double, 3, stride)))
        branches.append(nn.Sequential(pool, unit(cin, projection, 1)) if projection else pool)
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([b(x) for b in self.branches], 1)


class Dense(nn.Module):
    """Normalise first, then convolve, and add what comes out to the channels: DenseNet."""

    def __init__(self, cin, layers, growth):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(nn.BatchNorm2d(c), nn.ReLU(), nn.Conv2d(c, 4 * growth, 1, bias=False), nn.BatchNorm2d(4 * growth), nn.ReLU(),
                          nn.Conv2d(4 * growth, growth, 3, 1, 1, bias=False))
            for c in range(cin, cin + layers * growth, growth))

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat([x, layer(x)], 1)
        return x


class Shuffle(nn.Module):
    """ShuffleNet's unit: half of the channels pass, the others are filtered one by one, then all are interleaved."""

    def __init__(self, channels):
        super().__init__()
        half = channels // 2
        self.main = nn.Sequential(unit(half, half, 1), unit(half, half, 3, groups=half, activation=None), unit(half, half, 1))

    def forward(self, x):
        passing, filtered = x.chunk(2, 1)
        x = torch.cat([passing, self.main(filtered)], 1)
        n, c, h, w = x.shape
        return x.view(-1, 2, c // 2, h, w).transpose(1, 2).reshape(-1, c, h, w)


class Fire(nn.Module):
    """SqueezeNet's module; no batch normalisation."""

    def __init__(self, cin, squeezed, widened):
        super().__init__()
        self.squeeze, self.narrow, self.wide = (nn.Conv2d(cin, squeezed, 1), nn.Conv2d(squeezed, widened, 1),
                                                nn.Conv2d(squeezed, widened, 3, padding=1))

    def forward(self, x):
        x = torch.relu(self.squeeze(x))
        return torch.cat([torch.relu(self.narrow(x)), torch.relu(self.wide(x))], 1)


class Gated(nn.Module):
    """A convolution whose channels are weighed by what the whole image holds (squeeze and excitation)."""

    def __init__(self, channels):
        super().__init__()
        self.main = unit(channels, channels, 3, activation=nn.Hardswish)
        self.gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(channels, channels // 4, 1), nn.ReLU(),
                                  nn.Conv2d(channels // 4, channels, 1), nn.Hardsigmoid())

    def forward(self, x):
        x = self.main(x)
        return x * self.gate(x)


class Recurrent(nn.Module):
    """Rows of an image as a sequence: an LSTM of two layers both ways, a GRU and a simple recurrent layer, which read the batch second."""

    def __init__(self):
        super().__init__()
        self.rows = nn.AvgPool2d(8)
        self.lstm = nn.LSTM(18, 5, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(10, 6)
        self.rnn = nn.RNN(6, 4, nonlinearity="relu")
        self.head = nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 10))

    def forward(self, x):
        rows, _ = self.lstm(self.rows(x).transpose(1, 2).flatten(2))
        rows, _ = self.gru(rows.transpose(0, 1))
        _, last = self.rnn(rows)
        return self.head(last[-1])


def transposed(cin, cout, kernel, stride, groups=1):
    return nn.Sequential(nn.ConvTranspose2d(cin, cout, kernel, stride, 1, groups=groups, bias=False), nn.BatchNorm2d(cout), nn.ReLU())


def slopes(channels):
    layer = nn.PReLU(channels)
    layer.weight.data.uniform_(-0.5, 0.5)
    return layer


def head(cin, classes):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(cin, classes)]


def networks():
    return {
        "resnet18": lambda: nn.Sequential(
            unit(3, 8, 7, 2), nn.MaxPool2d(3, 2, 1), Basic(8, 8, 1), Basic(8, 8, 1), Basic(8, 16, 2), Basic(16, 16, 1),
            Basic(16, 24, 2), Basic(24, 24, 1), Basic(24, 32, 2), Basic(32, 32, 1), *head(32, 10)),
        "mobilenet_v2": lambda: nn.Sequential(
            unit(3, 8, 3, 2, activation=nn.ReLU6), Inverted(8, 8, 1, 1), Inverted(8, 12, 2, 4), Inverted(12, 12, 1, 4),
            Inverted(12, 20, 2, 4), Inverted(20, 20, 1, 4), unit(20, 40, 1, activation=nn.ReLU6), *head(40, 10)),
        "bn_inception": lambda: nn.Sequential(
            unit(3, 8, 7, 2), nn.MaxPool2d(3, 2, 1), unit(8, 8, 1), unit(8, 16, 3), nn.MaxPool2d(3, 2, 1),
            Branches(16, 8, 8, 12, nn.AvgPool2d(3, 1, 1), 4), Branches(32, 0, 12, 8, nn.MaxPool2d(3, 2, 1), 0, 2),
            Branches(52, 12, 12, 12, nn.AvgPool2d(3, 1, 1), 8), Branches(44, 16, 12, 8, nn.MaxPool2d(3, 1, 1), 8),
            *head(44, 10)),
        "mlp": lambda: nn.Sequential(nn.Flatten(), nn.Linear(3 * 48 * 48, 16), nn.BatchNorm1d(16), nn.Sigmoid(), nn.Linear(16, 12, bias=False),
                             nn.BatchNorm1d(12, eps=1e-3, momentum=0.01), nn.LeakyReLU(0.2), nn.Linear(12, 10), nn.Softmax(1)),
        "densenet": lambda: nn.Sequential(
            unit(3, 8, 7, 2), nn.MaxPool2d(3, 2, 1), Dense(8, 3, 4), nn.BatchNorm2d(20), nn.ReLU(), nn.Conv2d(20, 10, 1, bias=False),
            nn.AvgPool2d(2), Dense(10, 3, 4), nn.BatchNorm2d(22), nn.ReLU(), *head(22, 10)),
        "shufflenet_v2": lambda: nn.Sequential(unit(3, 8, 3, 2), nn.MaxPool2d(3, 2, 1), Shuffle(8), Shuffle(8), unit(8, 16, 1), *head(16, 10)),
        "squeezenet": lambda: nn.Sequential(
            nn.Conv2d(3, 8, 3, 2), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True), Fire(8, 4, 8), nn.MaxPool2d(3, 2, ceil_mode=True),
            Fire(16, 6, 12), nn.Dropout(0.5), nn.Conv2d(24, 10, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        "vgg_bn": lambda: nn.Sequential(
            unit(3, 6, 3), nn.MaxPool2d(2), unit(6, 10, 3), unit(10, 10, 3), nn.MaxPool2d(2), unit(10, 12, 3), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(12 * 6 * 6, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 10)),
        "gated": lambda: nn.Sequential(unit(3, 8, 3, 2, activation=nn.Hardswish), Gated(8), Gated(8), *head(8, 10)),
        "decoder": lambda: nn.Sequential(
            unit(3, 8, 3, 2), unit(8, 12, 3, 2), transposed(12, 8, 4, 2), transposed(8, 6, 4, 2, groups=2), nn.AvgPool2d(8),
            nn.Conv2d(6, 2, 1), nn.Tanh()),
        "activations": lambda: nn.Sequential(
            unit(3, 8, 3, 2, activation=lambda: slopes(8)), unit(8, 8, 3, 2, activation=nn.PReLU), nn.PixelShuffle(2),
            unit(2, 8, 3, activation=nn.Mish), nn.PixelUnshuffle(2), unit(32, 12, 1, activation=nn.SELU), unit(12, 8, 3, 2, activation=nn.Softplus),
            nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(8, 10), nn.LogSoftmax(1)),
        "recurrent": Recurrent,
    }


def disturb(net):
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.3)
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.3, 2)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "onnx")
    os.makedirs(folder, exist_ok=True)
    torch.set_num_threads(1)
    torch.manual_seed(1)
    x = torch.randn(3, 3, 48, 48)
    numpy.save(os.path.join(folder, "x.npy"), x.numpy())
    for name, build in networks().items():
        torch.manual_seed(2)
        net = build()
        disturb(net)
        net.eval()
        with torch.no_grad():
            # The judge computes in double.
            y = net.double()(x.double()).float()
            net.float()
        path = os.path.join(folder, name)
        torch.onnx.export(net, x[:1], path + ".onnx", opset_version=13, input_names=["image"], output_names=["scores"],
                          dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}},
                          training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
        numpy.save(path + ".y.npy", y.numpy())
        print(f"{name}: {os.path.getsize(path + '.onnx')} bytes, outputs up to {y.abs().max().item():.3g}")


if __name__ == "__main__":
    main()
