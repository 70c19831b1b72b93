"""A link between two network namespaces that is as slow as asked: two TUN devices, and this process, which holds
each packet back. For kernels without netem; it needs root."""

import argparse
import collections
import fcntl
import os
import select
import struct
import subprocess
import time

TUNSETIFF = 0x400454CA
IFF_TUN_WITHOUT_HEADER = 0x0001 | 0x1000
MOST_BYTES = 65536


class Way:
    """Packets from one end to the other: each is sent at the rate of the link, and arrives a delay later."""

    def __init__(self, source, target, bytes_per_second, delay):
        self.source, self.target = source, target
        self.bytes_per_second, self.delay = bytes_per_second, delay
        self.free = 0.0
        self.packets = collections.deque()

    def take(self, now):
        packet = os.read(self.source, MOST_BYTES)
        self.free = max(now, self.free) + len(packet) / self.bytes_per_second
        self.packets.append((self.free + self.delay, packet))

    def give(self, now):
        while self.packets and self.packets[0][0] <= now:
            os.write(self.target, self.packets.popleft()[1])

    def due(self):
        return self.packets[0][0] if self.packets else float("inf")


def tun(name, namespace, address, queue):
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN_WITHOUT_HEADER))
    subprocess.run(["ip", "link", "set", name, "netns", namespace], check=True)
    for command in (
        ["addr", "add", address, "dev", name],
        ["link", "set", name, "mtu", "1500", "txqueuelen", str(queue), "up"],
        ["link", "set", "lo", "up"],
    ):
        subprocess.run(["ip", "-n", namespace, *command], check=True)
    return device


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("namespaces", nargs=2)
    parser.add_argument("--delay-ms", type=float, required=True, help="each way")
    parser.add_argument("--mbit", type=float, required=True, help="each way")
    asked = parser.parse_args()
    # A link does not wait for a processor.
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    ends = [tun(f"slow{i}", n, f"10.99.0.{i + 1}/30", 10000) for i, n in enumerate(asked.namespaces)]
    rate, delay = asked.mbit * 1e6 / 8, asked.delay_ms / 1e3
    ways = [Way(ends[0], ends[1], rate, delay), Way(ends[1], ends[0], rate, delay)]
    print("ready", flush=True)
    while True:
        wait = min(way.due() for way in ways) - time.monotonic()
        readable, _, _ = select.select(ends, [], [], None if wait == float("inf") else max(0.0, wait))
        now = time.monotonic()
        for way in ways:
            if way.source in readable:
                way.take(now)
            way.give(now)


if __name__ == "__main__":
    main()
