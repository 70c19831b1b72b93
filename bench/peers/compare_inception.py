"""Evenkeel beside PyTorch on whole training steps of BN-Inception, interleaved; prints a markdown table.

    dotnet build -c Release
    /usr/bin/python3 bench/peers/compare_inception.py --rounds 2 --threads 2

Stock: PyTorch as shipped. Tuned: glibc keeps large blocks instead of unmapping them, which spares it page faults.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
TOOL = HERE.parents[1] / "src/Evenkeel.Cli/bin/Release/net10.0/Evenkeel.Cli.dll"
TUNED = {"MALLOC_MMAP_THRESHOLD_": "2000000000", "MALLOC_TRIM_THRESHOLD_": "4000000000"}


def run(command, extra, threads):
    environment = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    environment |= extra | {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(result.stdout.strip().splitlines()[-1])


def measure(system, bn, args):
    common = ["--size", str(args.size), "--batch", str(args.batch), "--threads", str(args.threads),
              "--steps", str(args.steps)] + ([] if bn else ["--no-bn"])
    if system == "evenkeel":
        return run(["dotnet", str(TOOL), "bench", "--network", "bn-inception", "--json"] + common, {}, args.threads)
    return run(["/usr/bin/python3", str(HERE / "time_inception.py")] + common,
               TUNED if system == "tuned" else {}, args.threads)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=2)
    args = parser.parse_args()
    found = {}
    for _ in range(args.rounds):
        for bn in (True, False):
            for system in ("evenkeel", "stock", "tuned"):
                found.setdefault((system, bn), []).append(measure(system, bn, args))

    def step(system, bn, field="step_s_median"):
        return statistics.median(r[field] for r in found[system, bn])

    print(f"BN-Inception, {args.size}x{args.size}, batch {args.batch}, {args.threads} thread(s), {args.rounds} round(s)\n")
    print("| | Evenkeel | PyTorch stock | PyTorch tuned | speed beside stock | beside tuned |")
    print("|---|---|---|---|---|---|")
    for bn in (True, False):
        ours, stock, tuned = (step(s, bn) for s in ("evenkeel", "stock", "tuned"))
        print(f"| step {'with' if bn else 'without'} BN, s | {ours:.2f} | {stock:.2f} | {tuned:.2f} "
              f"| {stock / ours:.2f} | {tuned / ours:.2f} |")
    cost = [step(s, True) / step(s, False) for s in ("evenkeel", "stock", "tuned")]
    print(f"| with BN over without | {cost[0]:.3f} | {cost[1]:.3f} | {cost[2]:.3f} | | |")
    memory = [step(s, True, "peak_rss_mb") for s in ("evenkeel", "stock", "tuned")]
    print(f"| peak memory with BN, MB | {memory[0]:.0f} | {memory[1]:.0f} | {memory[2]:.0f} "
          f"| {memory[0] / memory[1]:.2f} of it | {memory[0] / memory[2]:.2f} of it |")


if __name__ == "__main__":
    main()
