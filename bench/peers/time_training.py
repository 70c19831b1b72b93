"""Seconds of one training step (forward, backward, optimiser) in PyTorch. Prints one JSON line.

  python3 time_training.py mnist --batch 60 --threads 1 [--no-bn] [--optimizer momentum]
  python3 time_training.py inception --batch 32 --size 224 --threads 2
  python3 time_training.py mnist --best        tries the settings of SETTINGS, each in its own process, prints the best

`mnist` is the network of Ioffe & Szegedy 2015, section 4.1: 784-100-100-100-10, sigmoid, BN before each sigmoid.
README.md beside this file says how to install and run the peer fairly.
"""
import argparse
import itertools
import json
import os
import resource
import subprocess
import sys
import time

# What --best varies. Each process is told its thread count through every variable that one of the libraries reads.
SETTINGS = {
    "threads": [1, 2],
    "aten": ["default", "avx512"],
    "foreach": [False, True],
    "trace": [False, True],
}
OPTIMIZERS = ["sgd", "momentum", "nesterov", "adagrad", "adam"]


def parse():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("network", choices=["inception", "mnist"])
    p.add_argument("--batch", type=int, help="default 60 for mnist, 32 for inception")
    p.add_argument("--size", type=int, default=224, help="side of the image, inception only")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--optimizer", choices=OPTIMIZERS, default="momentum")
    p.add_argument("--foreach", action="store_true", help="PyTorch's multi-tensor optimiser")
    p.add_argument("--trace", action="store_true", help="run the network through torch.jit.trace")
    p.add_argument("--repeats", type=int, default=15, help="timed blocks; the median and the least are printed")
    p.add_argument("--inner", type=int, help="steps in one block; default 100 for mnist, 1 for inception")
    p.add_argument("--no-bn", action="store_true")
    p.add_argument("--layout", choices=["nchw", "nhwc"], default="nhwc")
    p.add_argument("--best", action="store_true", help="try all settings, print the best")
    p.add_argument("--rounds", type=int, default=3, help="with --best: interleaved rounds over all settings")
    p.add_argument("--blas", action="append", metavar="DIR",
                   help="with --best: a folder that holds libblas.so.3, put first on LD_LIBRARY_PATH (may be repeated)")
    a = p.parse_args()
    a.batch = a.batch or (60 if a.network == "mnist" else 32)
    a.inner = a.inner or (100 if a.network == "mnist" else 1)
    return a


def make_optimizer(torch, name, parameters, foreach):
    flag = {"foreach": True} if foreach else {}
    if name == "adam":
        return torch.optim.Adam(parameters, lr=0.001, **flag)
    if name == "adagrad":
        return torch.optim.Adagrad(parameters, lr=0.01, **flag)
    momentum = {"sgd": {}, "momentum": {"momentum": 0.9}, "nesterov": {"momentum": 0.9, "nesterov": True}}[name]
    return torch.optim.SGD(parameters, lr=0.01, **momentum, **flag)


def blas_in_use():
    """The BLAS file this process mapped, and the kernels OpenBLAS chose, so that a slow one cannot go unnoticed."""
    import ctypes
    with open("/proc/self/maps") as maps:
        files = sorted({os.path.realpath(line.split()[-1]) for line in maps if "blas" in line.rsplit("/", 1)[-1]})
    for file in files:
        library = ctypes.CDLL(file)
        if hasattr(library, "openblas_get_config"):
            library.openblas_get_config.restype = ctypes.c_char_p
            return file, library.openblas_get_config().decode()
    return ", ".join(files), "not OpenBLAS"


def measure(a):
    import torch
    import torch.nn.functional as F
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    if a.network == "mnist":
        from mnist import network
        net, x = network("sigmoid", not a.no_bn), (torch.rand(a.batch, 784) > 0.8).float()
        target = torch.randint(0, 10, (a.batch,))
    else:
        from bn_inception import BNInception
        net, x = BNInception(1000, not a.no_bn), torch.randn(a.batch, 3, a.size, a.size)
        target = torch.randint(0, 1000, (a.batch,))
        if a.layout == "nhwc":
            net, x = net.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    net.train()
    optimizer = make_optimizer(torch, a.optimizer, net.parameters(), a.foreach)
    forward = torch.jit.trace(net, x) if a.trace else net

    def step():
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(forward(x), target).backward()
        optimizer.step()

    for _ in range(max(3, a.inner // 4)):
        step()
    times, cpu = [], []
    for _ in range(a.repeats):
        start, start_cpu = time.perf_counter(), time.process_time()
        for _ in range(a.inner):
            step()
        times.append((time.perf_counter() - start) / a.inner)
        cpu.append((time.process_time() - start_cpu) / a.inner)
    times.sort()
    cpu.sort()
    blas, config = blas_in_use()
    return {"peer": "pytorch " + torch.__version__, "network": a.network, "bn": not a.no_bn, "batch": a.batch,
            "size": a.size if a.network == "inception" else 28, "layout": a.layout, "optimizer": a.optimizer,
            "threads": a.threads, "foreach": a.foreach, "trace": a.trace,
            "aten": os.environ.get("ATEN_CPU_CAPABILITY", "default"), "blas": blas, "openblas": config,
            "step_s_median": times[len(times) // 2], "step_s_min": times[0], "step_cpu_s_median": cpu[len(cpu) // 2],
            "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def child(a, blas, threads, aten, foreach, trace):
    """One setting in a fresh process: thread counts are read by the libraries once, when they load."""
    env = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "ATEN_CPU_CAPABILITY")}
    env.update(OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    if aten != "default":
        env["ATEN_CPU_CAPABILITY"] = aten
    if blas:
        env["LD_LIBRARY_PATH"] = blas
    command = [sys.executable, os.path.abspath(__file__), a.network, "--batch", str(a.batch), "--size", str(a.size),
               "--layout", a.layout, "--optimizer", a.optimizer, "--repeats", str(a.repeats), "--inner", str(a.inner),
               "--threads", str(threads)]
    command += ["--foreach"] * foreach + ["--trace"] * trace + ["--no-bn"] * a.no_bn
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def best(a):
    """Interleaves the settings over the rounds, so that a busy minute hurts all of them alike, and ranks them by their least
    block: of 100 steps in a row, so a sustained speed, and the one number that other work on the machine spoils least."""
    runs = {}
    for _ in range(a.rounds):
        for setting in itertools.product(a.blas or [None], *SETTINGS.values()):
            result = child(a, *setting)
            if setting not in runs or result["step_s_min"] < runs[setting]["step_s_min"]:
                runs[setting] = result
    ranked = sorted(runs.values(), key=lambda r: r["step_s_min"])
    for r in ranked:
        print(f"{r['step_s_min'] * 1e3:9.3f} ms (median of its run {r['step_s_median'] * 1e3:.3f})  threads {r['threads']}  aten {r['aten']}"
              f"  foreach {r['foreach']}  trace {r['trace']}  {r['blas']}", file=sys.stderr)
    return dict(ranked[0], settings_tried=len(ranked), rounds=a.rounds)


if __name__ == "__main__":
    arguments = parse()
    print(json.dumps(best(arguments) if arguments.best else measure(arguments)))
