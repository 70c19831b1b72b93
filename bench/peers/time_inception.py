"""Times a PyTorch training step of BN-Inception (Figure 5) and prints one JSON line.

    /usr/bin/python3 time_inception.py --size 224 --batch 32 --threads 2 [--no-bn] [--layout channels_last|nchw]
"""
import argparse
import json
import resource
import statistics
import time

import torch
from bn_inception import BNInception


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--no-bn", action="store_true")
    parser.add_argument("--layout", choices=["channels_last", "nchw"], default="channels_last")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    layout = torch.channels_last if args.layout == "channels_last" else torch.contiguous_format
    model = BNInception(batch_norm=not args.no_bn).to(memory_format=layout)
    optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)
    inputs = torch.rand(args.batch, 3, args.size, args.size).contiguous(memory_format=layout)
    labels = torch.randint(0, 1000, (args.batch,))
    seconds = []
    for step in range(args.steps + 2):
        start = time.perf_counter()
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(inputs), labels).backward()
        optimizer.step()
        if step >= 2:
            seconds.append(time.perf_counter() - start)
    print(json.dumps({
        "step_s_median": statistics.median(seconds),
        "step_s_min": min(seconds),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "torch": torch.__version__,
    }))


if __name__ == "__main__":
    main()
