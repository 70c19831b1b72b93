#!/usr/bin/env bash
# Machine code of each width beside the JIT: steps of two networks with one thread, and the start of the tool. Prints a table; a quiet machine
# is needed, with AVX-512 for all rows. Takes ten minutes.
#
#     bench/native-widths.sh
set -euo pipefail
cd "$(dirname "$0")/.."
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

builds="jit x86-64-v2 x86-64-v3 x86-64-v4"
rounds=3
dotnet publish src/Evenkeel.Cli -c Release -o "$work/jit" --nologo -v q >&2
for width in x86-64-v2 x86-64-v3 x86-64-v4; do
    dotnet publish src/Evenkeel.Cli -r linux-x64 -p:PublishAot=true -p:IlcInstructionSet=$width -o "$work/$width" --nologo -v q >&2
done

# Milliseconds of the median step.
step() { "$work/$1/Evenkeel.Cli" bench --json --threads 1 "${@:2}" 2>/dev/null | sed -E 's/.*"step_s_median":([^,]*),.*/\1/' | awk '{ print 1000 * $1 }'; }
start() {
    local from
    from="$(date +%s%N)"
    "$work/$1/Evenkeel.Cli" --help >/dev/null
    echo $((($(date +%s%N) - from) / 1000000))
}

# In turn, so that what else the machine does meets all builds.
for round in $(seq $rounds); do
    for build in $builds; do
        step "$build" --network mnist >>"$work/$build.mnist"
        step "$build" --network resnet20 --batch 32 --steps 30 >>"$work/$build.resnet20"
        start "$build" >>"$work/$build.start"
    done
    echo "round $round of $rounds" >&2
done

least() { sort -g "$work/$1.$2" | head -1; }
grep -m1 'model name' /proc/cpuinfo | sed 's/.*: //'
echo
echo '| one thread | MNIST network, batch 60 | share of the JIT'"'"'s speed | ResNet-20, batch 32 | share of the JIT'"'"'s speed | `--help` | files |'
echo '|---|---|---|---|---|---|---|'
for build in $builds; do
    printf '| %s | %.3f ms | %.2f | %.1f ms | %.2f | %.2f s | %.1f MB |\n' "$build" \
        "$(least "$build" mnist)" "$(awk "BEGIN { print $(least jit mnist) / $(least "$build" mnist) }")" \
        "$(least "$build" resnet20)" "$(awk "BEGIN { print $(least jit resnet20) / $(least "$build" resnet20) }")" \
        "$(awk "BEGIN { print $(least "$build" start) / 1000 }")" \
        "$(du -sk --exclude='*.dbg' --exclude='*.pdb' --exclude='*.xml' "$work/$build" | awk '{ print $1 / 1000 }')"
done
