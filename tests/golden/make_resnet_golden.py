"""Writes state files of residual networks as PyTorch's users have them, with an input and what PyTorch makes of it.

  python3 make_resnet_golden.py     writes resnetNN.safetensors (the state alone), resnetNN.x.npy and resnetNN.y.npy into resnet/ beside this script

The networks are those of He et al. 2016, table 1, narrow, with the module names of PyTorch's common state files (conv1, bn1,
layer1.0.conv1, layer1.0.downsample.0, fc). Needs python3-torch.
"""
import os
import sys

import numpy
import torch
import torch.nn as nn

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "bench", "peers"))
import safetensors_file  # noqa: E402

CHANNELS, CLASSES, SIZE = 4, 10, 64
BLOCKS = {18: [2, 2, 2, 2], 50: [3, 4, 6, 3]}


def conv(cin, cout, kernel, stride=1):
    return nn.Conv2d(cin, cout, kernel, stride, kernel // 2, bias=False)


class Block(nn.Module):
    def __init__(self, cin, channels, stride, bottleneck):
        super().__init__()
        cout = channels * 4 if bottleneck else channels
        if bottleneck:
            self.conv1, self.conv2, self.conv3 = conv(cin, channels, 1), conv(channels, channels, 3, stride), conv(channels, cout, 1)
            self.bn3 = nn.BatchNorm2d(cout)
        else:
            self.conv1, self.conv2 = conv(cin, channels, 3, stride), conv(channels, channels, 3)
        self.bn1, self.bn2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)
        self.downsample = nn.Sequential(conv(cin, cout, 1, stride), nn.BatchNorm2d(cout)) if stride > 1 or cin != cout else None

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        if hasattr(self, "conv3"):
            y = self.bn3(self.conv3(torch.relu(y)))
        return torch.relu(y + (self.downsample(x) if self.downsample else x))


class ResNet(nn.Module):
    def __init__(self, depth):
        super().__init__()
        bottleneck, cin = depth >= 50, CHANNELS
        self.conv1, self.bn1 = conv(3, CHANNELS, 7, 2), nn.BatchNorm2d(CHANNELS)
        for stage, blocks in enumerate(BLOCKS[depth]):
            parts = []
            for block in range(blocks):
                parts.append(Block(cin, CHANNELS << stage, 2 if stage and not block else 1, bottleneck))
                cin = (CHANNELS << stage) * (4 if bottleneck else 1)
            setattr(self, f"layer{stage + 1}", nn.Sequential(*parts))
        self.fc = nn.Linear(cin, CLASSES)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
        return self.fc(x.mean((2, 3)))


def disturb(net):
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.uniform_(-0.5, 0.5)
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.5, 2)
            module.num_batches_tracked.fill_(1234)


def main():
    folder = os.path.join(HERE, "resnet")
    os.makedirs(folder, exist_ok=True)
    for depth in BLOCKS:
        torch.manual_seed(depth)
        net = ResNet(depth).eval()
        disturb(net)
        x = torch.rand(2, 3, SIZE, SIZE)
        with torch.no_grad():
            y = net.double()(x.double()).float()
        path = os.path.join(folder, f"resnet{depth}")
        safetensors_file.save(path + ".safetensors", net.float().state_dict(), {"format": "pt"})
        numpy.save(path + ".x.npy", x.numpy())
        numpy.save(path + ".y.npy", y.numpy())


if __name__ == "__main__":
    main()
