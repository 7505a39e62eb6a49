"""Writes messages as the installed release of the original makes them into a folder; see tests/wire/main.rs.

    python derive.py FOLDER
"""
import sys
from importlib.metadata import version
from math import inf, nan
from pathlib import Path

from colmena.models import Result, FailureInformation

folder, release = Path(sys.argv[1]), version("colmena")

POSITIONAL = (
    2**63 - 1, -(2**63), 2**64 - 1, 1.7976931348623157e308, 5e-324, -0.0, nan, inf, -inf,
    "", "é ☃ 😀 \"\\/\b\f\n\r\t\x00\x7f", [], {}, [[1, [2.5, None]], {"a": {"b": [True, False]}}],
)
KEYWORD = {"steps": 3, "name": "ünï", "matrix": [[0.5, 1.5], [2.5, 3.5]]}


def make(method, **options):
    result = Result((POSITIONAL, KEYWORD), method="everything", topic="simulate", serialization_method=method, **options)
    result.time.serialize_inputs = 0.25
    return result


def work(result, value, **how):
    result.mark_input_received()
    result.deserialize()
    result.mark_compute_started()
    result.set_result(value, runtime=0.5, **how)
    result.worker_info = {"hostname": "node-1", "PARSL_WORKER_RANK": "3"}
    result.serialize()
    result.mark_result_sent()


def write(name, text):
    (folder / f"{release}.{name}").write_text(text)


for method in ("json", "pickle"):
    result = make(method, task_info={"id": 7, "score": nan, "big": 10**30, "deep": [{"x": [1.0]}]})
    result.resources.node_count, result.resources.cpu_processes = 2, 64
    result.serialize()
    write(f"{method}.request", "simulate" + result.json(exclude_none=True))
    work(result, {"energy": -1.5, "forces": [[nan, inf], [-inf, 0.1]], "name": "ünï", "none": None})
    write(f"{method}.result", result.json())
    result = make(method)
    result.serialize()
    work(result, [1, 2, 3], intermediate=True)
    write(f"{method}.intermediate", result.json())
    result = make(method, keep_inputs=False, **({} if release.startswith("0.6") else {"max_retries": 2}))
    result.serialize()
    work(result, None)
    write(f"{method}.nothing", result.json())
    result = make(method)
    result.serialize()
    try:
        raise OSError("no space left on ☃")
    except OSError as error:
        result.success, result.complete = False, True
        result.failure_info = FailureInformation.from_exception(error)
    write(f"{method}.failure", result.json())
