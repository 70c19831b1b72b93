"""The network and the data of Ioffe & Szegedy 2015, section 4.1: a binary 28x28 image, three fully connected hidden layers of
100 units, BN before each nonlinearity, 10 outputs. Shared by the scripts beside this file."""
import gzip
import os
import struct

import torch
import torch.nn as nn

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "relu": nn.ReLU}


def network(activation="sigmoid", bn=True, widths=(784, 100, 100, 100), classes=10):
    """A Linear before BN has no bias: BN's mean would cancel it."""
    layers = []
    for fan_in, fan_out in zip(widths, widths[1:]):
        layers += [nn.Linear(fan_in, fan_out, bias=not bn)] + ([nn.BatchNorm1d(fan_out)] if bn else []) + [ACTIVATIONS[activation]()]
    return nn.Sequential(*layers, nn.Linear(widths[-1], classes))


def weight_deviation(activation, fan_in):
    return 0.1 if activation == "sigmoid" else (2 / fan_in) ** 0.5


def read_idx(path):
    """An IDX file of unsigned bytes, plain or gzip, as a uint8 tensor."""
    if not os.path.exists(path):
        path += ".gz"
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        content = file.read()
    zero, kind, rank = struct.unpack_from(">HBB", content)
    if zero != 0 or kind != 8:
        raise ValueError(f"{path}: not an IDX file of unsigned bytes")
    shape = struct.unpack_from(f">{rank}I", content, 4)
    return torch.frombuffer(bytearray(content[4 + 4 * rank:]), dtype=torch.uint8).reshape(shape)


def load(folder, split):
    """Binary images [count, 784] as uint8 0/1 (pixel > 127) and labels [count] as int64; split is train or t10k."""
    images = read_idx(os.path.join(folder, f"{split}-images-idx3-ubyte"))
    labels = read_idx(os.path.join(folder, f"{split}-labels-idx1-ubyte"))
    return (images.flatten(1) > 127).to(torch.uint8), labels.long()
