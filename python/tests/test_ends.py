"""A process ends with the one that has started it, in whatever way that ends."""

import os
import select
import signal
import subprocess
import sys

import pytest

STARTS = """
import sys
from colmena_rs import Program

program = Program(*sys.argv[2:])
pid, _ = program["where_am_i"]()
print(pid, flush=True)
if sys.argv[1] == "busy":
    program["stays"]()
sys.stdin.read()
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left(command: list[str], state: str, how: signal.Signals) -> None:
    starts = subprocess.Popen(
        [sys.executable, "-c", STARTS, state, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert starts.stdout is not None
    pid = next(int(line) for line in starts.stdout if line.strip().isdigit())  # a test program prints more
    ended = select.poll()
    process = os.pidfd_open(pid)
    try:
        ended.register(process, select.POLLIN)
        if state == "busy":
            assert any("staying" in line for line in starts.stdout)
        starts.send_signal(how)
        assert ended.poll(10_000), f"process {pid} is still there"
    finally:
        os.close(process)
        starts.kill()
        starts.communicate()


def test_it_ends_though_the_signal_comes_while_nobody_can_hear() -> None:
    """What a callback raises is dropped by Python."""
    program = """
import os, signal, time
from colmena_rs.__main__ import _listen

_listen()
os.register_at_fork(after_in_parent=lambda: signal.raise_signal(signal.SIGTERM))
if os.fork() == 0:
    os._exit(0)
print("it was dropped", flush=True)
time.sleep(60)
"""
    ended = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout) == (128 + signal.SIGTERM, "it was dropped\n")
