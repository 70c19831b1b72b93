"""Writes recurrent_*.safetensors with PyTorch in float64: training runs of recurrent networks; README.md here says what is in them.

  python3 make_recurrent_golden.py            writes the files beside this script
  python3 make_recurrent_golden.py --check    computes again and compares with the files, writes nothing
"""
import argparse
import os
import random
import sys

import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "bench", "peers"))
import safetensors_file  # noqa: E402
from make_golden import check, versions  # noqa: E402

EXAMPLES, STEPS, CHANNELS, UNITS, CLASSES, BATCH, RUN = 48, 6, 5, 7, 4, 12, 20
RATE, EPS, GAMMA = 0.5, 1e-5, 0.1
GATES = {"lstm": 4, "gru": 3, "rnn": 1}
# kind, directions, batch normalisation inside, sequences of different length, a label for each step
CASES = {
    "lstm": ("lstm", ["forward"], False, False, False),
    "gru": ("gru", ["forward"], False, False, False),
    "rnn": ("rnn", ["forward"], False, False, False),
    "lstm_both": ("lstm", ["forward", "backward"], False, False, False),
    "gru_both": ("gru", ["forward", "backward"], False, False, False),
    "bn_lstm": ("lstm", ["forward"], True, False, False),
    "bn_gru": ("gru", ["forward"], True, False, False),
    "bn_rnn": ("rnn", ["forward"], True, False, False),
    "lstm_lengths": ("lstm", ["forward"], False, True, False),
    "gru_lengths": ("gru", ["backward"], False, True, False),
    "rnn_lengths": ("rnn", ["forward"], False, True, False),
    "lstm_both_lengths": ("lstm", ["forward", "backward"], False, True, False),
    "bn_lstm_lengths": ("lstm", ["forward"], True, True, False),
    "bn_gru_lengths": ("gru", ["forward"], True, True, False),
    "bn_rnn_lengths": ("rnn", ["forward"], True, True, False),
    "gru_both_steps": ("gru", ["forward", "backward"], False, True, True),
    "bn_lstm_steps": ("lstm", ["forward"], True, True, True),
}
ROUNDINGS = 8   # float32 runs, each with its own order of examples in the batches


def examples():
    """A class is a pattern over time, shifted and with noise."""
    draw = random.Random(5)
    patterns = [[[draw.gauss(0, 1) for _ in range(CHANNELS)] for _ in range(STEPS)] for _ in range(CLASSES)]
    labels = [draw.randrange(CLASSES) for _ in range(EXAMPLES)]
    inputs = [[[value + draw.gauss(0, 0.7) for value in row] for row in patterns[label]] for label in labels]
    return torch.tensor(inputs, dtype=torch.float64).float(), torch.tensor(labels)


def cut(inputs):
    """Sequences of 1 to STEPS steps, half of them long: values behind them are 0, and the last channel is 1 where a sequence has the step."""
    draw = random.Random(9)
    lengths = torch.tensor([draw.choice([STEPS, draw.randint(1, STEPS)]) for _ in range(EXAMPLES)])
    mask = (torch.arange(STEPS)[None] < lengths[:, None]).float()[:, :, None]
    return torch.cat([inputs * mask, mask], 2)


def of_steps(labels, inputs):
    """A label for each step, which depends on the class and on the step; none behind the end of a sequence."""
    steps = (labels[:, None] + torch.arange(STEPS)[None]) % CLASSES
    return torch.where(inputs[:, :, -1] > 0, steps, torch.full_like(steps, -1))


def scope(kind, directions, direction):
    return f"{kind}1." if len(directions) == 1 else f"{kind}1.{direction}."


def initial(case):
    """Parameters by Evenkeel's names, weights [outputs, inputs], float32."""
    kind, directions, bn, lengths, each = case
    draw, state = random.Random(7), {}
    gates = GATES[kind] * UNITS

    def gaussian(name, deviation, *shape):
        count = torch.Size(shape).numel()
        values = [draw.gauss(0, deviation) for _ in range(count)]
        state[name] = torch.tensor(values, dtype=torch.float64).reshape(shape).float()

    for direction in directions:
        s = scope(kind, directions, direction)
        gaussian(s + "input.weight", 0.4, gates, CHANNELS)
        gaussian(s + "hidden.weight", 0.4, gates, UNITS)
        if bn:
            for norm, values in (("input_norm", gates), ("hidden_norm", gates), ("cell_norm", UNITS)):
                if norm == "cell_norm" and kind != "lstm":
                    continue
                state[s + norm + ".weight"] = torch.full((values,), GAMMA)
                state[s + norm + ".bias"] = torch.zeros(values)
        else:
            gaussian(s + "input.bias", 0.1, gates)
            if kind == "gru":
                gaussian(s + "hidden.bias", 0.1, gates)
    gaussian("linear1.weight", 0.4, CLASSES, UNITS * len(directions) + (1 if lengths and (each or len(directions) > 1) else 0))
    gaussian("linear1.bias", 0.1, CLASSES)
    return state


def frozen(case):
    """Shifts that stay 0: another shift or bias does their work."""
    kind, _, bn, _, _ = case
    return {f"{kind}1.hidden_norm.bias"} if bn and kind != "gru" else set()


def normalized(p, name, step, x, rows=None):
    """
    Batch normalisation with statistics of this step alone; the running ones take a tenth of them. Statistics are those of some rows; a single row is
    normalised with the running ones.
    """
    counted = x if rows is None else x[rows]
    s = name if step == 0 else f"{name}.{step}"
    keys = s + ".running_mean", s + ".running_var"
    mean, variance = (p.setdefault(key, torch.full_like(x[0].detach(), start)) for key, start in zip(keys, (0.0, 1.0)))
    if len(counted) > 1:
        with torch.no_grad():
            p[keys[0]] = 0.9 * mean + 0.1 * counted.mean(0)
            p[keys[1]] = 0.9 * variance + 0.1 * counted.var(0)
        mean, variance = counted.mean(0), counted.var(0, unbiased=False)
    return (x - mean) / torch.sqrt(variance + EPS) * p[name + ".weight"] + p[name + ".bias"]


def unrolled(p, s, kind, bn, x, order, mask=None):
    """Hidden states [batch, steps, units] and the last one, written out from the definitions; a sequence keeps its state behind its end."""
    batch = x.shape[0]
    h = torch.zeros(batch, UNITS, dtype=x.dtype)
    c = torch.zeros(batch, UNITS, dtype=x.dtype)
    states = [None] * STEPS
    for step, t in enumerate(order):
        before, rows = (h, c), None if mask is None else mask[:, t, 0] > 0
        a, u = x[:, t] @ p[s + "input.weight"].T, h @ p[s + "hidden.weight"].T
        if bn:
            a, u = normalized(p, s + "input_norm", step, a, rows), normalized(p, s + "hidden_norm", step, u, rows)
        else:
            a = a + p[s + "input.bias"]
            u = u + p[s + "hidden.bias"] if kind == "gru" else u
        if kind == "lstm":
            i, f, g, o = (a + u).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(normalized(p, s + "cell_norm", step, c, rows) if bn else c)
        elif kind == "gru":
            (ar, az, an), (ur, uz, un) = a.chunk(3, 1), u.chunk(3, 1)
            r, z = torch.sigmoid(ar + ur), torch.sigmoid(az + uz)
            h = (1 - z) * torch.tanh(an + r * un) + z * h
        else:
            h = torch.tanh(a + u)
        if mask is not None:
            h, c = (torch.where(mask[:, t] > 0, new, old) for new, old in zip((h, c), before))
        states[t] = h if mask is None else h * mask[:, t]
    return torch.stack(states, 1), h


def module(p, s, kind, x, mask=None):
    """The same by PyTorch's own layer: a second opinion on the definitions, without batch normalisation."""
    layer = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}[kind](CHANNELS, UNITS, batch_first=True).to(x.dtype)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(p[s + "input.weight"])
        layer.weight_hh_l0.copy_(p[s + "hidden.weight"])
        layer.bias_ih_l0.copy_(p[s + "input.bias"])
        layer.bias_hh_l0.copy_(p[s + "hidden.bias"] if kind == "gru" else torch.zeros_like(p[s + "input.bias"]))
    if mask is None:
        return layer(x)[0]
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, mask.sum((1, 2)).long(), batch_first=True, enforce_sorted=False)
    return torch.nn.utils.rnn.pad_packed_sequence(layer(packed)[0], batch_first=True, total_length=STEPS)[0]


def output(case, p, x):
    kind, directions, bn, lengths, each = case
    states, mask = [], None
    if lengths:
        x, mask = x[:, :, :-1], x[:, :, -1:]
    for direction in directions:
        order = range(STEPS) if direction == "forward" else range(STEPS - 1, -1, -1)
        s = scope(kind, directions, direction)
        made, last = unrolled(p, s, kind, bn, x, order, mask)
        states.append(made)
        if direction == "forward" and not bn:
            other = module(p, s, kind, x, mask)
            assert (other - states[0]).abs().max().item() < (1e-12 if x.dtype == torch.float64 else 1e-5)
    if each:
        return torch.cat(states + [mask], 2) @ p["linear1.weight"].T + p["linear1.bias"]
    # One direction: the last state. Two: the mean over all steps of both side by side, and of the mask.
    features = last if len(states) == 1 else torch.cat(states + ([mask] if lengths else []), 2).mean(1)
    return features @ p["linear1.weight"].T + p["linear1.bias"]


def train(case, state, inputs, labels, dtype):
    """(losses, first gradients, final parameters and running statistics). Batch i holds the examples 12 i .. 12 i + 11 modulo 48; plain gradient descent."""
    p = {name: value.to(dtype).clone().requires_grad_(name not in frozen(case)) for name, value in state.items()}
    losses, first = [], {}
    for i in range(RUN):
        rows = slice(i * BATCH % EXAMPLES, i * BATCH % EXAMPLES + BATCH)
        loss = F.cross_entropy(output(case, p, inputs[rows].to(dtype)).reshape(-1, CLASSES), labels[rows].reshape(-1), ignore_index=-1)
        learned = {name: value for name, value in p.items() if value.requires_grad}
        gradients = dict(zip(learned, torch.autograd.grad(loss, list(learned.values()))))
        if i == 0:
            first = {name: g.clone() for name, g in gradients.items()}
        with torch.no_grad():
            for name, g in gradients.items():
                p[name] -= RATE * g
        losses.append(loss.item())
    return torch.tensor(losses, dtype=torch.float64), first, {name: value.detach() for name, value in p.items()}


def deviation(a, b):
    return max((a[name].double() - b[name].double()).abs().max().item() for name in b)


def training_case(case):
    inputs, labels = examples()
    inputs = cut(inputs) if case[3] else inputs
    labels = of_steps(labels, inputs) if case[4] else labels
    state = initial(case)
    exact = train(case, state, inputs, labels, torch.float64)
    worst, draw = [0.0, 0.0, 0.0], random.Random(3)
    for _ in range(ROUNDINGS):
        rows = torch.tensor([b + r for b in range(0, EXAMPLES, BATCH) for r in draw.sample(range(BATCH), BATCH)])
        run = train(case, state, inputs[rows], labels[rows], torch.float32)
        found = ((run[0] - exact[0]).abs().max().item(), deviation(run[1], exact[1]), deviation(run[2], exact[2]))
        worst = [max(w, v) for w, v in zip(worst, found)]
    tensors = {"inputs": inputs, "labels": labels, "losses": exact[0]}
    for prefix, group in (("init", state), ("grad0", exact[1]), ("final", exact[2])):
        tensors.update({f"{prefix}.{name}": value for name, value in group.items()})
    kind, directions, bn, lengths, each = case
    metadata = {"kind": kind, "directions": str(len(directions)), "batch_norm": str(bn).lower(), "learning_rate": str(RATE), **versions()}
    if lengths:
        metadata["masked"] = "true"
    if each:
        metadata["labels"] = "steps"
    metadata.update({f"float32_{n}_deviation": f"{v:.3e}" for n, v in zip(("losses", "grad0", "final"), worst)})
    return tensors, metadata


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--check", action="store_true")
    verify = p.parse_args().check
    torch.set_num_threads(1)
    for name, case in CASES.items():
        tensors, metadata = training_case(case)
        path = os.path.join(HERE, f"recurrent_{name}.safetensors")
        if verify:
            print(f"{name}: largest relative difference {check(path, tensors):.1e}")
            continue
        safetensors_file.save(path, tensors, metadata)
        print(f"{name}: {os.path.getsize(path)} bytes, loss {tensors['losses'][0]:.4f} -> {tensors['losses'][-1]:.4f}, "
              + ", ".join(f"{k[8:-10]} {v}" for k, v in metadata.items() if k.startswith("float32_")))


if __name__ == "__main__":
    main()
