"""Functions in Python that end when nobody wants their value any more.

    from colmena_rs import ends_when_told

    @ends_when_told("redis://localhost:6379", "sums")
    def simulate(x):
        ...

The time limit of the task counts from the start of the function; what the thinker cancels is heard within a second."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable
from functools import partial, wraps
from inspect import Parameter, Signature, isgeneratorfunction, signature
from threading import Event, Lock, Thread
from typing import Any, TypeVar

from colmena.models import Result

from colmena_rs.limits import Broker, limited

__all__ = ["Told", "ends_when_told"]

Function = TypeVar("Function", bound=Callable[..., Any])

_GRACE = 5.0
"""So many seconds a function has to end, once it has been told to."""


class Told(BaseException):
    """Raised in a function, at its next line of Python, once nobody wants its value: for its `finally`."""


def ends_when_told(url: str, prefix: str) -> Callable[[Function], Function]:
    """Has a function end when its task is cancelled or over its time limit. `url` is the Redis of the thinker, as workers
    reach it, `prefix` that of its queues.

    Each call runs in a thread of its own. `Told` is raised there; the task fails with `TimedOut` or `Cancelled`, whatever comes of
    it. A function that has not ended five seconds later, since it does not come back to Python, is killed with its
    worker if that is a process of Parsl's `HighThroughputExecutor`, which starts another; elsewhere it is left behind. Programs
    that it has started are its own to end.

    Raises `TypeError` for a generator function."""
    broker = Broker(url, prefix)

    def decorate(function: Any) -> Any:
        if isgeneratorfunction(function):
            raise TypeError(f"`{function.__name__}` is a generator function: its caller runs it step by step")
        wanted = signature(function).parameters

        @wraps(function)
        def ending(*args: Any, _result: Result | None = None, **kwargs: Any) -> Any:
            if "_result" in wanted:
                kwargs["_result"] = _result
            call = partial(function, *args, **kwargs)
            return call() if _result is None else _Run(call).until_told(_result, broker)

        # The original looks there for what else it is to give.
        ending.__signature__ = _with_result(signature(function))  # type: ignore[attr-defined]
        return ending

    return decorate


def _with_result(of: Signature) -> Signature:
    parameters = dict(of.parameters)
    parameters.setdefault("_result", Parameter("_result", Parameter.KEYWORD_ONLY, default=None))
    return of.replace(parameters=sorted(parameters.values(), key=lambda parameter: parameter.kind))


class _Run(Thread):
    """A call in a thread of its own: what is raised there too late hits nobody else."""

    def __init__(self, call: Callable[[], Any]) -> None:
        super().__init__(name="function", daemon=True)
        self._call = call
        self._value: Any = None
        self._error: BaseException | None = None
        self._told: Exception | None = None
        self._lock = Lock()
        """Of starting it and of `_told`: who is told before it starts does not start."""
        self._news = Event()
        """It has ended, or been told to."""

    def until_told(self, task: Result, broker: Broker) -> Any:
        """What the call gives or raises; raises what it has been told."""
        with limited(task, broker, self._tell):
            with self._lock:
                if self._told is None:
                    self.start()
            self._news.wait()
        if self._told is not None:
            if self.ident is not None:
                self.join(_GRACE)
            if self.is_alive():
                _end_worker()
            raise self._told
        if self._error is not None:
            raise self._error
        return self._value

    def run(self) -> None:
        try:
            self._value = self._call()
        except BaseException as error:
            self._error = error
        finally:
            self._news.set()

    def _tell(self, error: Exception) -> None:
        with self._lock:
            if self._told is not None:
                return
            self._told = error
            if self.ident is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.ident), ctypes.py_object(Told))
        self._news.set()


def _end_worker() -> None:
    """Ends this process, if it is a worker of Parsl, which will be missed."""
    if "PARSL_WORKER_RANK" in os.environ:
        os.kill(os.getpid(), signal.SIGKILL)
