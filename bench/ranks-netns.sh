#!/usr/bin/env bash
# Two ranks in two network namespaces, over a virtual link of 1 ms and 100 Mbit/s each way, or as DELAY_MS and MBIT say.
# Prints whether they train to the bits of one process, what the link costs, and a step beside its prediction. Needs root and Open MPI.
#
#     dotnet build -c Release && sudo bench/ranks-netns.sh [NETWORK]
set -euo pipefail
cd "$(dirname "$0")/.."
network="${1:-ResNet-20}"
delay="${DELAY_MS:-1}"
mbit="${MBIT:-100}"
first="evenkeel-rank0"
second="evenkeel-rank1"
scratch="$(mktemp -d)"

clean() {
    [ -z "${link:-}" ] || kill "$link" 2>/dev/null || true
    ip netns del "$first" 2>/dev/null || true
    ip netns del "$second" 2>/dev/null || true
    rm -rf "$scratch"
}
trap clean EXIT

ip netns add "$first"
ip netns add "$second"
python3 bench/slow_link.py "$first" "$second" --delay-ms "$delay" --mbit "$mbit" >"$scratch/link" &
link=$!
until grep -q ready "$scratch/link"; do
    kill -0 "$link"
    sleep 0.1
done

# What mpirun starts the other machine's daemon with, in place of ssh: a namespace with a host name of its own.
cat >"$scratch/agent" <<EOF
#!/bin/sh
shift
exec ip netns exec $second unshare --uts sh -c "hostname $second; exec \$*"
EOF
chmod +x "$scratch/agent"

two_ranks() {
    # Shared memory is what two machines do not have.
    OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 TERM=dumb \
        ip netns exec "$first" mpirun.openmpi -n 2 --host 10.99.0.1,10.99.0.2 --bind-to none \
        --mca plm_rsh_agent "$scratch/agent" --mca pml ob1 --mca btl tcp,self \
        --mca btl_tcp_if_include 10.99.0.0/30 --mca oob_tcp_if_include 10.99.0.0/30 "$@"
}

program=(dotnet tests/Evenkeel.RankProgram/bin/Release/net10.0/Evenkeel.RankProgram.dll)
bench=(dotnet bench/Evenkeel.Bench/bin/Release/net10.0/Evenkeel.Bench.dll)
alone="$("${program[@]}" train)"
together="$(two_ranks "${program[@]}" train | sort -u)"
echo "one process:           $alone"
echo "two, over the link:    $together"
[ "$alone" = "$together" ] || { echo "The bits differ." >&2; exit 1; }
echo
two_ranks "${bench[@]}" links
two_ranks "${bench[@]}" ranks --rounds 1 --filter "$network"
