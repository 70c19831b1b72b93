"""The MNIST experiment of Ioffe & Szegedy 2015, section 4.1, in PyTorch: test accuracy along training. Prints one JSON line.

  python3 learning_curves.py --data FOLDER_WITH_IDX_FILES --lr 0.5 --steps 50000 --seed 1 [--no-bn]

784-100-100-100-10, sigmoid, binary images (pixel > 127), weights N(0, 0.1), biases zero, plain SGD, batch 60, examples in a
new order each epoch. Accuracy is of all test images with BN's running averages.
"""
import argparse
import json
import sys
import time

import torch
import torch.nn.functional as F

import mnist


def parse():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True, help="folder with the IDX files, plain or gzip (Fashion-MNIST's have the same names)")
    p.add_argument("--no-bn", action="store_true")
    p.add_argument("--activation", choices=sorted(mnist.ACTIVATIONS), default="sigmoid")
    p.add_argument("--deviation", type=float, default=0.1, help="standard deviation of the initial weights")
    p.add_argument("--lr", type=float, default=0.5)
    p.add_argument("--batch", type=int, default=60)
    p.add_argument("--steps", type=int, default=50000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--every", type=int, default=1000, help="steps between evaluations")
    p.add_argument("--at", type=int, nargs="*", default=[], help="further steps to evaluate at")
    p.add_argument("--threads", type=int, default=1)
    return p.parse_args()


def make_network(a):
    torch.manual_seed(a.seed)
    net = mnist.network(a.activation, not a.no_bn)
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            if parameter.dim() == 2:
                parameter.normal_(0, a.deviation)
            elif name.endswith("bias"):
                parameter.zero_()
    return net


def batches(count, batch, seed):
    """Endless index batches; a remainder at the end of an epoch is dropped."""
    draw = torch.Generator().manual_seed(seed)
    while True:
        order = torch.randperm(count, generator=draw)
        yield from (order[i:i + batch] for i in range(0, count - batch + 1, batch))


@torch.no_grad()
def accuracy(net, images, labels):
    net.eval()
    correct = sum((net(x).argmax(1) == y).sum().item() for x, y in zip(images.split(1000), labels.split(1000)))
    net.train()
    return correct / len(labels)


def run(a):
    images, labels = mnist.load(a.data, "train")
    test_images, test_labels = mnist.load(a.data, "t10k")
    images, test_images = images.float(), test_images.float()
    net = make_network(a)
    update = torch.optim.SGD(net.parameters(), lr=a.lr)
    moments = {*range(a.every, a.steps + 1, a.every), *(s for s in a.at if 0 < s <= a.steps), a.steps}
    curve, start = {}, time.perf_counter()
    for step, rows in zip(range(1, a.steps + 1), batches(len(labels), a.batch, a.seed)):
        update.zero_grad(set_to_none=True)
        loss = F.cross_entropy(net(images[rows]), labels[rows])
        loss.backward()
        update.step()
        if step in moments:
            curve[step] = accuracy(net, test_images, test_labels)
            print(f"step {step}: loss {loss.item():.4f}, test accuracy {curve[step]:.4f}", file=sys.stderr)
    best = max(curve, key=lambda s: (curve[s], -s))
    return {"peer": "pytorch " + torch.__version__, "activation": a.activation, "bn": not a.no_bn, "deviation": a.deviation, "lr": a.lr,
            "batch": a.batch, "steps": a.steps, "seed": a.seed, "best_accuracy": curve[best], "best_step": best,
            "last_accuracy": curve[a.steps], "accuracy": curve, "seconds": round(time.perf_counter() - start, 1)}


if __name__ == "__main__":
    arguments = parse()
    torch.set_num_threads(arguments.threads)
    print(json.dumps(run(arguments)))
