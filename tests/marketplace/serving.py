"""A marketplace server in a process of its own, which a test may kill."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_SERVE = """
import sys
from crowdbroker.marketplace import Marketplace
from crowdbroker.marketplace.server import serve

def say(address):
    print(address, flush=True)

serve(Marketplace.open(sys.argv[1], seed=None), "127.0.0.1", 0, on_ready=say)
"""


@contextmanager
def server_process(url: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Give the address and the process of a server over this database; it is killed at the end."""
    command = [sys.executable, "-c", _SERVE, url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, process.stderr and process.stderr.read()
        yield address, process
    finally:
        process.kill()
        process.communicate()
