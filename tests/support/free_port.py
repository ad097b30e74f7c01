"""A port to listen on, for children that are told theirs."""

import pathlib
import random
import socket

# Lower ones are known for something, or root's.
LEAST = 10_000


def free_port():
    """Returns a port of 127.0.0.1 that nobody is given by chance: not a client that connects before the child listens, which would take
    the port from it, or even talk to itself."""
    first = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for port in random.SystemRandom().sample(range(LEAST, first), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise AssertionError(f"no port from {LEAST} to {first} is free: net.ipv4.ip_local_port_range leaves none, or all are taken")
