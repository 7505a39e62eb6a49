"""Serves the methods of a Rust program of Colmena on the workers of Parsl.

    from colmena_rs import Program

    program = Program("target/release/campaign")
    server = ParslTaskServer(program.methods(queues), queues, config)

Each worker of Parsl starts the program once, as a worker, and asks it for task after task; it ends with the worker of Parsl.
`python -m colmena_rs --help` does all of it, without a line of Python.

For functions in Python there are `ends_when_told`, and `colmena_rs.shared.resolves`."""

from colmena_rs.functions import Told, ends_when_told
from colmena_rs.program import Program, RustMethod
from colmena_rs.worker import Cancelled, MethodFailed, MethodPanicked, NoWorker, Offer, TimedOut, Worker, WorkerLost

__all__ = [
    "Cancelled",
    "MethodFailed",
    "MethodPanicked",
    "NoWorker",
    "Offer",
    "Program",
    "RustMethod",
    "TimedOut",
    "Told",
    "Worker",
    "WorkerLost",
    "ends_when_told",
]
