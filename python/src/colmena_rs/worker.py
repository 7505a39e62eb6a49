"""A worker: a process of a Rust program, which runs the methods of that program, one task at a time.

The process speaks over a socket, its standard input. A frame is the mark `clm1`, the length as four bytes (little end
first), and so many bytes: a line of JSON, which is a message as serde names its variants, and below it the JSON that the message
announces (inputs, by their names; a value; an emission). `COLMENA_WORKER=json` asks the program for that.

Whatever ends this process ends that one: it reads the end of its socket."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any
from weakref import finalize

from colmena_rs.shared import Numbers

VERSION = 3
"""Of the messages; a program of another one is refused."""

_HEADER = struct.Struct("<4sI")
_MARK = b"clm1"
_MOST = 1 << 30
_GRACE = 5.0
"""So many seconds a method has to end by itself, once it has been told to."""
_WORDS = 20
"""So many lines of what a worker printed last are in the error that says how it ended."""


class NoWorker(RuntimeError):
    """The program cannot be started, or is no worker."""


class WorkerLost(RuntimeError):
    """The process has ended while it ran a method. The next task has a new one."""


class MethodFailed(RuntimeError):
    """The method has returned an error, or has not been called, since its inputs do not fit."""


class MethodPanicked(MethodFailed):
    """The method has panicked. Its process lives on."""


class Cancelled(MethodFailed):
    """Nobody wants the value any more."""


class TimedOut(MethodFailed):
    """The attempt took longer than the time limit of its task."""


@dataclass(frozen=True)
class Offer:
    """A method that a program serves."""

    name: str
    parameters: tuple[str, ...]
    topic: str
    emits: bool
    """Whether there are intermediate results."""


class Worker:
    """A process that runs methods.

    Blocks until the program has said which methods it serves, at most `timeout` seconds; raises `NoWorker`. Not to be used by two
    threads at the same time."""

    def __init__(self, command: tuple[str, ...], timeout: float = 30.0) -> None:
        self.command = command
        self._socket, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    command,
                    stdin=theirs.fileno(),
                    stderr=subprocess.PIPE,
                    env={**os.environ, "COLMENA_WORKER": "json"},
                    start_new_session=True,  # a group of its own, which ends as one
                )
            except OSError as error:
                self._socket.close()
                raise NoWorker(f"`{command[0]}` cannot be started: {error}") from error
        assert self._process.stderr is not None
        self._words = _Words(self._process.stderr)
        self._tasks = 0
        self._over = 0
        self._end: Exception | None = None
        self._killer: threading.Timer | None = None
        self._lock = threading.RLock()
        """Of these four, and for sending whole frames."""
        self._shared = Numbers()
        self.close = finalize(self, _end, self._socket, self._process)
        """Ends the process, if it has not ended."""
        try:
            self.offers = self._greet(timeout)
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """The number of the process."""
        return int(self._process.pid)

    @property
    def is_alive(self) -> bool:
        """False as soon as it has ended, in whatever way."""
        return self.close.alive and self._process.poll() is None

    def run(
        self,
        method: str,
        inputs: Mapping[str, Any],
        *,
        attempt: int = 1,
        resources: Mapping[str, int] | None = None,
        redis: str | None = None,
    ) -> Generator[Any, None, Any]:
        """Runs a method once: yields what it emits, returns its value. The inputs are by their names. `Shared` inputs that are
        references to the Redis at that address are fetched for the first task that has them; the process keeps the last few.

        Raises `MethodFailed`, `MethodPanicked`, `Cancelled`, `TimedOut`, `WorkerLost`; `TypeError` and `ValueError` for inputs that are no JSON; `ValueGone` and
        errors of the package `redis` for values that cannot be fetched. A process that is not asked for all that it has to say is ended."""
        self._tasks += 1
        is_idle = True
        try:
            inputs, fresh = self._shared.insert(inputs, redis) if redis else (inputs, None)
            payload = json.dumps(inputs, default=_plain).encode()
            needs = {"node_count": 1, "cpu_processes": 1, "cpu_threads": 1, **(resources or {})}
            run = {"method": method, "task": self._tasks, "attempt": attempt, "resources": needs}
            is_idle = False
            for number in self._shared.gone():
                self._send({"Forget": number}, b"")
            self._send({"Run": {**run, "numbered": fresh is not None}}, payload)
            while True:
                message, rest = self._receive()
                ((what, body),) = message.items()
                if what == "Emitted":
                    if body == self._tasks:  # otherwise of a thread that an earlier task has left behind
                        yield json.loads(rest)
                    continue
                is_idle = True
                self._shared.note(fresh, came=what == "Value")
                self._check()
                if what == "Value":
                    return json.loads(rest)
                raise _failure(what, body)
        except OSError as error:
            if is_idle:  # in fetching a value
                raise
            self._check()
            raise self._lost() from error
        finally:
            self._end_task()
            if not is_idle:
                self.close()

    def ender(self, attempt: int) -> Callable[[Exception], None]:
        """A function that ends the task which is run next, if it is not over, with `TimedOut` or `Cancelled`, whatever it comes to. The
        method is told; if it has not ended five seconds later, its process is killed. May be called in any thread."""
        task = self._tasks + 1

        def end(error: Exception) -> None:
            because = "TimeLimit" if isinstance(error, TimedOut) else "Cancelled"
            with self._lock, suppress(OSError):
                if self._over >= task or self._end is not None:
                    return
                self._end = error
                self._killer = threading.Timer(_GRACE, self._kill, [task])
                self._killer.daemon = True
                self._killer.start()
                self._send({"Cancel": {"task": task, "attempt": attempt, "because": because}}, b"")

        return end

    def _kill(self, task: int) -> None:
        with self._lock, suppress(OSError):
            if self._over < task:
                self._socket.shutdown(socket.SHUT_RDWR)  # who waits for an answer sees the end

    def _check(self) -> None:
        """Raises, if the task has been ended."""
        with self._lock:
            if self._end is not None:
                raise self._end

    def _end_task(self) -> None:
        with self._lock:
            self._over, self._end = self._tasks, None
            if self._killer is not None:
                self._killer.cancel()

    def _greet(self, timeout: float) -> tuple[Offer, ...]:
        self._socket.settimeout(timeout)
        try:
            message, _ = self._receive()
        except TimeoutError as error:
            raise NoWorker(f"`{self.command[0]}` has not said within {timeout} s which methods it serves") from error
        except (OSError, ValueError) as error:
            advice = "its `main` must begin with `colmena::serve_if_asked`"
            raise NoWorker(f"`{self.command[0]}` is no worker ({self._ended()}): {advice}") from error
        self._socket.settimeout(None)
        hello = message.get("Hello", {})
        if hello.get("version") != VERSION:
            theirs = hello.get("version")
            raise NoWorker(f"`{self.command[0]}` speaks version {theirs} of Colmena's messages, this package {VERSION}")
        offers = hello["methods"]
        return tuple(Offer(o["name"], tuple(o["parameters"]), o["topic"], o["emits"]) for o in offers)

    def _send(self, message: Mapping[str, Any], payload: bytes) -> None:
        line = json.dumps(message).encode() + b"\n"
        length = len(line) + len(payload)
        if length > _MOST:
            raise ValueError(f"inputs of {length} bytes: at most {_MOST}")
        with self._lock:
            self._socket.sendall(_HEADER.pack(_MARK, length) + line)
            self._socket.sendall(payload)

    def _receive(self) -> tuple[dict[str, Any], bytes]:
        mark, length = _HEADER.unpack(self._read(_HEADER.size))
        if mark != _MARK or length > _MOST:
            raise ValueError(f"{mark!r} begins no frame")
        line, _, rest = self._read(length).partition(b"\n")
        return json.loads(line), rest

    def _read(self, size: int) -> bytes:
        """So many bytes; raises `EOFError`, an `OSError` here, at the end."""
        data = bytearray(size)
        view, done = memoryview(data), 0
        while done < size:
            count = self._socket.recv_into(view[done:])
            if count == 0:
                raise ConnectionResetError("the worker has closed its socket")
            done += count
        return bytes(data)

    def _lost(self) -> WorkerLost:
        return WorkerLost(f"the worker (process {self.pid}) {self._ended()}")

    def _ended(self) -> str:
        """How the process has ended, and what it printed last."""
        self.close()
        status = self._process.returncode
        how = f"ended with status {status}" if status >= 0 else f"was killed by {_name(-status)}"
        return how + self._words.last()


class _Words:
    """Passes on what a worker prints on standard error, and keeps the last of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._lines: deque[bytes] = deque(maxlen=_WORDS)
        self._thread = threading.Thread(target=self._follow, args=(stream,), name="stderr of a worker", daemon=True)
        self._thread.start()

    def _follow(self, stream: IO[bytes]) -> None:
        with stream:
            for line in stream:
                self._lines.append(line)
                os.write(2, line)

    def last(self) -> str:
        """Once the process has ended. What it has started, and left, may hold the pipe open: then it is what there is."""
        self._thread.join(timeout=1.0)
        text = b"".join(self._lines).decode(errors="replace").rstrip()
        return f"; it printed last:\n{text}" if text else ""


def _end(connection: socket.socket, process: subprocess.Popen[bytes]) -> None:
    """Ends a process. An idle one sees the end of its socket; one that runs a method ends itself with all of its group."""
    connection.close()
    try:
        process.wait(timeout=1.0)
    except subprocess.TimeoutExpired:  # it was stopped, say
        process.kill()
        process.wait()


def _failure(what: str, body: Mapping[str, Any]) -> MethodFailed:
    if what == "Failed":
        return MethodFailed(body["message"])
    place = f" at {body['place']}" if body.get("place") else ""
    trace = f"\n{body['backtrace']}" if body.get("backtrace") else ""
    return MethodPanicked(f"panicked{place}: {body['message']}{trace}")


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _plain(value: Any) -> Any:
    """What JSON does not have: arrays and numbers of NumPy, and bytes."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, bytes | bytearray):
        return list(value)
    raise TypeError(f"an input of the type {type(value).__name__} cannot be sent to a method in Rust")
