"""Times convolutions in PyTorch (channels_last, so oneDNN's NHWC kernels), for `Evenkeel.Bench conv`.

Reads lines "batch height input_channels output_channels kernel stride pad" (square images) and answers each with one JSON line:
the median and the least milliseconds of the forward pass and of the gradients of input and weights.
"""
import json
import os
import statistics
import sys
import time

# Large tensors are kept by the allocator instead of being unmapped after each call: kernels are compared, not page faults.
os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", "4294967296")
os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", "4294967296")
if "EVENKEEL_PEER" not in os.environ:
    os.environ["EVENKEEL_PEER"] = "started"
    os.execv(sys.executable, [sys.executable, *sys.argv])

import torch

LEAST_RUNS = 5
MOST_RUNS = 400


def measure(body, seconds):
    for _ in range(3):
        body()
    times = []
    begin = time.perf_counter()
    while len(times) < LEAST_RUNS or (time.perf_counter() - begin < seconds and len(times) < MOST_RUNS):
        before = time.perf_counter()
        body()
        times.append((time.perf_counter() - before) * 1e3)
    return [statistics.median(times), min(times)]


def convolution(batch, side, inputs, outputs, kernel, stride, pad, seconds):
    layout = torch.channels_last
    x = torch.randn(batch, inputs, side, side).contiguous(memory_format=layout)
    w = torch.randn(outputs, inputs, kernel, kernel).contiguous(memory_format=layout)
    dy = torch.conv2d(x, w, None, stride, pad).normal_().contiguous(memory_format=layout)

    def backward(mask):
        return torch.ops.aten.convolution_backward(
            dy, x, w, None, [stride, stride], [pad, pad], [1, 1], False, [0, 0], 1, mask
        )

    return {
        "forward": measure(lambda: torch.conv2d(x, w, None, stride, pad), seconds),
        "input": measure(lambda: backward([True, False, False]), seconds),
        "weights": measure(lambda: backward([False, True, False]), seconds),
    }


def main():
    torch.set_num_threads(int(sys.argv[1]))
    seconds = float(sys.argv[2])
    with torch.no_grad():
        for line in sys.stdin:
            print(json.dumps(convolution(*map(int, line.split()), seconds)), flush=True)


main()
