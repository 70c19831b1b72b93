"""Seconds of one training step of ResNet-20 in PyTorch, by one process and by several that share the batch. Prints a JSON line for each.

  python3 time_ranks.py --batch 256 --processes 1 2 --threads 1

Processes meet by DistributedDataParallel over gloo; each normalises with the statistics of its own part of the batch (ghost batches), because
PyTorch's SyncBatchNorm takes no tensors of the CPU. README.md beside this file says how to install and run the peer fairly.
"""
import argparse
import json
import os
import socket
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as processes
import torch.nn as nn
import torch.nn.functional as F


def unit(cin, cout, kernel, stride=1):
    return nn.Sequential(nn.Conv2d(cin, cout, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(cout))


class Block(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.first, self.second = unit(cin, cout, 3, stride), unit(cout, cout, 3)
        self.shortcut = unit(cin, cout, 1, stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + self.shortcut(x))


class ResNet20(nn.Module):
    """He et al. 2016, section 4.2, with a projection where the shape changes."""

    def __init__(self):
        super().__init__()
        self.first = unit(3, 16, 3)
        self.blocks = nn.Sequential(*(Block(cin, cout, stride) for cin, cout, stride in
                                      [(16, 16, 1)] * 3 + [(16, 32, 2)] + [(32, 32, 1)] * 2 + [(32, 64, 2)] + [(64, 64, 1)] * 2))
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.blocks(F.relu(self.first(x))).mean((2, 3)))


def train(rank, a, size, port):
    """One rank: its part of the batch, step after step; the first prints."""
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    net = ResNet20().to(memory_format=torch.channels_last).train()
    if size > 1:
        dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=size)
        net = nn.parallel.DistributedDataParallel(net)
    images = torch.randn(a.batch, 3, 32, 32).chunk(size)[rank].contiguous(memory_format=torch.channels_last)
    labels = torch.randint(0, 10, (a.batch,)).chunk(size)[rank]
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    times = []
    for _ in range(a.warm + a.steps):
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        optimizer.step()
        times.append(time.perf_counter() - start)
    if size > 1:
        dist.destroy_process_group()
    if rank == 0:
        measured = sorted(times[a.warm:])
        print(json.dumps({
            "peer": "pytorch " + torch.__version__, "network": "resnet20", "batch": a.batch, "processes": size, "threads": a.threads,
            "steps": a.steps, "loss": loss.item(), "step_s_median": measured[len(measured) // 2], "step_s_min": measured[0]}), flush=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--batch", type=int, default=256, help="examples of all processes together")
    p.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    p.add_argument("--threads", type=int, default=1, help="of each process")
    p.add_argument("--steps", type=int, default=20, help="timed steps; the median and the least are printed")
    p.add_argument("--warm", type=int, default=3, help="steps before those")
    a = p.parse_args()
    # The libraries read their counts once, when a process loads them.
    os.environ.update(OMP_NUM_THREADS=str(a.threads), OPENBLAS_NUM_THREADS=str(a.threads))
    for size in a.processes:
        processes.spawn(train, (a, size, free_port()), nprocs=size)


if __name__ == "__main__":
    main()
