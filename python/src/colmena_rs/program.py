"""A Rust program, and the methods that it serves."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

from colmena.models import Result
from colmena.models.methods import PythonGeneratorMethod, PythonMethod
from colmena.queue.base import ColmenaQueues
from colmena.queue.redis import RedisQueues

from colmena_rs.limits import Broker, limited
from colmena_rs.worker import NoWorker, Offer, Worker


class Program:
    """A program whose `main` begins with `colmena::serve_if_asked::<..>()`.

    It must be found under the same path where tasks run. `args` are given to it there, too. Starts it once, here, to learn which methods
    it serves; raises `NoWorker`. `Shared` inputs are fetched from `redis`, a URL as workers reach it; unless said, that of the
    queues which `methods` is given."""

    def __init__(self, program: str | Path, *args: str, redis: str | None = None) -> None:
        found = shutil.which(program)
        if found is None:
            raise NoWorker(f"there is no program `{program}`")
        self.command = (str(Path(found).absolute()), *args)
        worker = Worker(self.command)
        worker.close()
        self._broker = Broker(redis) if redis else None
        self._methods = {offer.name: RustMethod(self.command, offer, self._broker) for offer in worker.offers}

    @property
    def names(self) -> list[str]:
        """The methods."""
        return list(self._methods)

    @property
    def topics(self) -> list[str]:
        """Of the methods, for the queues of the original: each once."""
        return list(dict.fromkeys(method.offer.topic for method in self._methods.values()))

    def __getitem__(self, name: str) -> RustMethod:
        """A method, as a function: for `parsl.python_app`, say."""
        return self._methods[name]

    def methods(self, queues: ColmenaQueues | None = None) -> list[Callable[..., Any]]:
        """All methods, for a task server of the original. Intermediate results go to `queues`; without, they are dropped."""
        broker = self._broker
        if isinstance(queues, RedisQueues):
            url = broker.url if broker else f"redis://{queues.hostname}:{queues.port}"
            broker = Broker(url, str(queues.prefix))
        methods = [RustMethod(self.command, method.offer, broker) for method in self._methods.values()]
        return [
            _Emitting(method, queues) if method.offer.emits and queues is not None else PythonMethod(method)
            for method in methods
        ]


class RustMethod:
    """A method in Rust, called as a function. It runs in a worker of the calling thread, which is started for its first call."""

    def __init__(self, command: tuple[str, ...], offer: Offer, broker: Broker | None = None) -> None:
        self.command = command
        self.offer = offer
        self.broker = broker
        self.__name__ = offer.name
        self.__qualname__ = offer.name

    def __repr__(self) -> str:
        return f"<method {self.offer.name}({', '.join(self.offer.parameters)}) of {self.command[0]}>"

    def __call__(self, *args: Any, _result: Result | None = None, **kwargs: Any) -> Any:
        """Its value. Raises `TypeError` for inputs that it has not; what `Worker.run` raises."""
        emissions = self.stream(*args, _task=_result, **kwargs)
        while True:
            try:
                next(emissions)
            except StopIteration as end:
                return end.value

    def stream(self, *args: Any, _task: Result | None = None, **kwargs: Any) -> Generator[Any, None, Any]:
        """The same, yielding what it emits."""
        inputs = self._inputs(args, kwargs)
        worker, url = _worker(self.command), self.broker.url if self.broker else None
        if _task is None:
            return (yield from worker.run(self.offer.name, inputs, redis=url))
        resources = _task.resources.model_dump(include={"node_count", "cpu_processes", "cpu_threads"})
        attempt = _task.retries + 1
        with limited(_task, self.broker, worker.ender(attempt)):
            return (yield from worker.run(self.offer.name, inputs, attempt=attempt, resources=resources, redis=url))

    def _inputs(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        names = self.offer.parameters
        if len(args) > len(names):
            raise TypeError(f"{len(args)} inputs, where `{self.offer.name}` has {len(names)}")
        inputs = dict(zip(names, args, strict=False))
        for name, value in kwargs.items():
            if name not in names or name in inputs:
                wrong = "twice" if name in inputs else "which it has not"
                raise TypeError(f"`{self.offer.name}` is given the input `{name}` {wrong}")
            inputs[name] = value
        return inputs


class _Emitting(PythonGeneratorMethod):
    """A method whose emissions go to the thinker."""

    def __init__(self, method: RustMethod, queues: ColmenaQueues) -> None:
        super().__init__(method.stream, name=method.offer.name, store_return_value=True, streaming_queue=queues)

    def function(self, *args: Any, _result: Result, **kwargs: Any) -> Any:
        return super().function(*args, _result=_result, _task=_result, **kwargs)


_here = threading.local()


def _worker(command: tuple[str, ...]) -> Worker:
    """That of this thread. It is started anew when it is gone, and after a fork: a socket has one reader."""
    workers: dict[tuple[int, tuple[str, ...]], Worker] = _here.__dict__.setdefault("workers", {})
    key = (os.getpid(), command)
    worker = workers.get(key)
    if worker is None or not worker.is_alive:
        worker = workers[key] = Worker(command)
    return worker
