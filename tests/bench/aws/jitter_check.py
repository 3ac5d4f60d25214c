#!/usr/bin/env python3
"""Fails if the functions gather randomness from the jitter of the processor when they first use TLS: jitter_check.py [TARGET]

TARGET is the directory in which cargo builds, with the functions below `lambda`; else BATON_LAMBDAS names where they are.

AWS-LC gathers it unless it is built with AWS_LC_SYS_NO_JITTER_ENTROPY=1, and takes 24 to 54 ms of a full core for it, which are up to half a
second at 256 MB of Lambda. No symbol of a stripped program tells; the time does. Each function starts in turns against the same server
with TLS and without, and the least that each took of a processor is compared: a handshake takes about 1 ms. Where the libraries that
went into them are still there, these must not hold the jitter's code either."""
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from services import FUNCTIONS, lambdas
from start import environment, stand_in, started, tls
from wire import Server

# The jitter takes 24 ms at the very least; three handshakes on a busy machine were seen to take 10.
MOST_MS = 16
ROUNDS = 7


def handshake_ms(names, rounds=ROUNDS):
    """{function: milliseconds of a processor that TLS adds to its start}."""
    with tempfile.TemporaryDirectory() as scratch:
        plain, secure = Server(stand_in), Server(stand_in, tls(Path(scratch)))
        least = {}
        for _ in range(rounds):
            for name in names:
                for server in (plain, secure):
                    given = environment(server.url) | {"AWS_CA_BUNDLE": f"{scratch}/ca.pem"}
                    cpu = started(name, lambdas() / name / "bootstrap", given).cpu * 1000
                    least[name, server] = min(cpu, least.get((name, server), cpu))
        return {name: least[name, secure] - least[name, plain] for name in names}


def libraries(target):
    """The libraries of AWS-LC below a target directory that hold the code of the jitter."""
    built = sorted(target.glob("lambda/build/aws-lc-sys-*/out/lib*crypto.a"))
    return [library for library in built if b"jent_read_entropy" in library.read_bytes()]


def main():
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if target:
        os.environ["BATON_LAMBDAS"] = str(target / "lambda")
    faults = [f"{library} holds the code of the jitter" for library in (libraries(target) if target else ())]
    for name, ms in handshake_ms(FUNCTIONS).items():
        print(f"{name:11} TLS adds {ms:5.1f} ms to the start")
        if ms > MOST_MS:
            faults.append(f"TLS adds {ms:.1f} ms to the start of {name}, more than {MOST_MS}")
    for fault in faults:
        print(f"{fault}: set AWS_LC_SYS_NO_JITTER_ENTROPY=1 for the build, as .cargo/config.toml does")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
