"""What a method in Rust does when it is called from Python."""

import pickle
from array import array
from concurrent.futures import ThreadPoolExecutor
from math import inf, isnan, nan
from typing import Any

import pytest

from colmena_rs import MethodFailed, MethodPanicked, NoWorker, Program, WorkerLost


def test_a_program_says_what_it_serves(program: Program) -> None:
    assert program.names == ["square", "echo", "count_up", "refuse", "panics", "aborts", "where_am_i", "third_time", "stays", "waits", "weigh"]
    assert "square" in program.topics
    assert repr(program["square"]).startswith("<method square(x) of ")
    assert program["count_up"].offer.emits and not program["echo"].offer.emits


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        2**63 - 1,
        -(2**63),
        2**64 - 1,
        1.7976931348623157e308,
        5e-324,
        -0.0,
        'é ☃ 😀 "\\\n\0',
        [1, [2.5, []], {}],
        {"a": {"b": [None, "\n"]}},
        "x" * 10_000_000,
    ],
)
def test_values_come_back_as_they_were(program: Program, value: Any) -> None:
    assert program["echo"](value) == value
    assert program["echo"](value=value) == value


def test_numbers_that_are_none(program: Program) -> None:
    assert program["square"](inf) == inf
    assert isnan(program["square"](nan))


def test_arrays_are_lists(program: Program) -> None:
    assert program["echo"]([array("d", [1.0, 2.0]), b"ab"]) == [[1.0, 2.0], [97, 98]]


def test_inputs_that_do_not_fit(program: Program) -> None:
    square = program["square"]
    with pytest.raises(TypeError, match="2 inputs, where `square` has 1"):
        square(1.0, 2.0)
    with pytest.raises(TypeError, match="`y` which it has not"):
        square(y=1.0)
    with pytest.raises(TypeError, match="`x` twice"):
        square(1.0, x=1.0)
    with pytest.raises(TypeError, match="of the type complex"):
        square(1j)
    with pytest.raises(MethodFailed, match=r"the inputs cannot be read: .*`\.x`.*expected f64"):
        square("text")
    with pytest.raises(MethodFailed, match="missing field `x`"):
        square()
    assert square(3.0) == 9.0


def test_failures_leave_the_process_alive(program: Program) -> None:
    before = program["where_am_i"]()
    with pytest.raises(MethodFailed, match="no space"):
        program["refuse"]("no space")
    with pytest.raises(MethodPanicked, match=r"panicked at .*package\.rs:\d+.*: at the disco"):
        program["panics"]()
    assert program["where_am_i"]() == before


def test_a_crash_costs_one_task(program: Program) -> None:
    pid, _ = program["where_am_i"]()
    with pytest.raises(WorkerLost, match=rf"(?s)process {pid}\) was killed by SIGABRT; it printed last:.*about to abort"):
        program["aborts"]()
    after, _ = program["where_am_i"]()
    assert after != pid


def test_a_thread_has_a_process_and_keeps_it(program: Program) -> None:
    def pids(_: int) -> set[int]:
        return {program["where_am_i"]()[0] for _ in range(100)}

    with ThreadPoolExecutor(2) as threads:
        elsewhere = set().union(*threads.map(pids, range(20)))
    here = pids(0)
    assert len(here) == 1 and len(elsewhere) <= 2 and not here & elsewhere


def test_emissions(program: Program) -> None:
    emitted = program["count_up"].stream(3)
    assert [next(emitted) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(StopIteration, match="done"):
        next(emitted)
    assert program["count_up"](3) == "done"
    abandoned = program["count_up"].stream(3)
    next(abandoned)
    abandoned.close()
    assert program["count_up"](1) == "done"


def test_a_method_travels(program: Program) -> None:
    assert pickle.loads(pickle.dumps(program["square"]))(4.0) == 16.0


def test_programs_that_are_no_workers() -> None:
    with pytest.raises(NoWorker, match="there is no program"):
        Program("nowhere/to/be/found")
    with pytest.raises(NoWorker, match=r"ended with status 1.*serve_if_asked"):
        Program("false")
    with pytest.raises(NoWorker, match="is no worker"):
        Program("sh", "-c", "echo hello >&0")
