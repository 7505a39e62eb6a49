"""A function in Python ends when it is told, or its worker does."""

import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from colmena.models import Result
from colmena.models.methods import PythonMethod

import colmena_rs.functions
import colmena_rs.limits
from colmena_rs import Cancelled, TimedOut, Told, ends_when_told
from colmena_rs.limits import TIME_LIMIT

ends = ends_when_told("redis://127.0.0.1:1", "nobody")  # nothing is cancelled there
said: list[str] = []


@ends
def loops(seconds: float) -> str:
    try:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.01)
    except Told:
        said.append("told")
        raise
    return "done"


@ends
def naps(seconds: float) -> None:
    time.sleep(seconds)


def _task(limit: float | None = None, *args: Any) -> Result:
    return Result((args, {}), method="loops", topic="loops", task_info={TIME_LIMIT: limit} if limit else None)


def test_a_function_that_is_not_told_is_as_it_was() -> None:
    assert loops(0.0) == loops(0.0, _result=_task()) == loops(seconds=0.0, _result=_task(10.0)) == "done"
    with pytest.raises(TypeError, match="loops"):
        loops(_result=_task())
    assert pickle.loads(pickle.dumps(loops)) is loops


def test_it_is_told_at_its_limit() -> None:
    said.clear()
    with pytest.raises(TimedOut, match="^0.2s$"):
        loops(30.0, _result=_task(0.2))
    assert said == ["told"]


def test_the_original_says_what_task_it_is() -> None:
    result = PythonMethod(loops)(_task(0.2, 30.0))
    assert not result.success and result.failure_info is not None
    assert result.failure_info.exception == "TimedOut('0.2s')"


def test_what_has_been_cancelled_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    class Knows:
        def add(self, task: str, end: Callable[[], None]) -> None:
            end()

        def remove(self, task: str) -> None:
            pass

    said.clear()
    monkeypatch.setattr(colmena_rs.limits, "_cancelled", lambda *_: Knows())
    with pytest.raises(Cancelled, match="by its thinker"):
        loops(30.0, _result=_task())
    assert said == []


def test_one_that_does_not_hear_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colmena_rs.functions, "_GRACE", 0.1)
    start = time.monotonic()
    with pytest.raises(TimedOut):
        naps(3.0, _result=_task(0.1))
    assert time.monotonic() - start < 2.0


def test_in_a_worker_of_parsl_it_ends_with_its_process() -> None:
    naps_there = """
import time, colmena_rs.functions as functions
from colmena.models import Result
functions._GRACE = 0.1
task = Result(((), {}), method="naps", topic="naps", task_info={"colmena.time_limit": 0.1})
functions.ends_when_told("redis://127.0.0.1:1", "nobody")(lambda: time.sleep(30))(_result=task)
"""
    ended = subprocess.run([sys.executable, "-c", naps_there], env={"PARSL_WORKER_RANK": "0"}, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL


def test_what_else_the_original_gives_is_passed_on() -> None:
    @ends
    def knows(x: int, _result: Any = None, **more: Any) -> tuple[int, str]:
        return x, _result.method

    result = PythonMethod(knows)(_task(None, 3))
    assert result.success, result.failure_info
    result.deserialize()
    assert tuple(result.value) == (3, "loops")


def test_a_generator_function_is_refused() -> None:
    def counts() -> Iterator[int]:
        yield 1

    with pytest.raises(TypeError, match="`counts` is a generator function"):
        ends(counts)
