"""A time limit ends a method, whether it listens or not."""

from pathlib import Path

import pytest
from colmena.models import Result

import colmena_rs.worker
from colmena_rs import Program, TimedOut
from colmena_rs.limits import TIME_LIMIT


def _task(limit: float) -> Result:
    return Result(((), {}), method="waits", topic="waits", task_info={TIME_LIMIT: limit})


def test_a_method_that_listens_is_told(program: Program, tmp_path: Path) -> None:
    process = program["where_am_i"]()
    file = tmp_path / "says"
    with pytest.raises(TimedOut, match="^0.2s$"):
        program["waits"](str(file), _result=_task(0.2))
    assert file.read_text() == "Some(TimeLimit)"
    assert program["square"](3.0, _result=_task(10)) == 9.0
    assert program["where_am_i"]() == process


def test_a_method_that_does_not_listen_is_killed(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colmena_rs.worker, "_GRACE", 0.2)
    process = program["where_am_i"]()
    with pytest.raises(TimedOut):
        program["stays"](_result=_task(0.2))
    assert program["where_am_i"]() != process
