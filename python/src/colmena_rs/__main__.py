"""Serves the methods of a Rust program: the task server of the original, on the workers of Parsl."""

from __future__ import annotations

import argparse
import os
import runpy
import signal
import sys
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import parsl
from colmena.queue.redis import RedisQueues
from colmena.task_server.parsl import ParslTaskServer
from parsl.config import Config
from parsl.executors import HighThroughputExecutor
from redis.exceptions import RedisError

from colmena_rs.program import Program
from colmena_rs.worker import NoWorker


def main(arguments: list[str] | None = None) -> None:
    """The command line. Serves until the thinker tells it to end."""
    options = _parser().parse_args(arguments)
    # Parsl starts programs that are beside its Python.
    os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")
    host, port = _address(options.redis)
    try:
        program = Program(options.program, *options.args)
    except NoWorker as error:
        sys.exit(str(error))
    try:
        queues = RedisQueues(program.topics, host, port, prefix=options.prefix, serialization_method=options.serialization)
    except RedisError as error:
        sys.exit(f"Redis at {host}:{port}: {error}")
    config = _config(options.config) if options.config else local(options.workers, options.folder)
    server = _Server(program, queues, config, f"{options.prefix} at {host}:{port}")
    _listen()
    server.run()


def local(workers: int, folder: Path) -> Config:
    """Workers on this machine, which end some seconds after what they belong to."""
    executor = HighThroughputExecutor(
        address="127.0.0.1",
        max_workers_per_node=workers,
        cores_per_worker=1e-3,
        heartbeat_period=2,
        heartbeat_threshold=8,
    )
    return Config(executors=[executor], run_dir=str(folder))


class _Server(ParslTaskServer):
    """Says when it is ready; ends what it has begun, jobs that wait among it, also when it is ended itself."""

    def __init__(self, program: Program, queues: RedisQueues, config: Config, where: str) -> None:
        super().__init__([*program.methods(queues)], queues, config)
        self._says = f"serving {', '.join(program.names)} as {where}"

    def _setup(self) -> None:
        super()._setup()  # type: ignore[no-untyped-call]  # the original's has no types
        print(self._says, flush=True)

    def run(self) -> None:
        try:
            super().run()
        except BaseException:
            signal.setitimer(signal.ITIMER_REAL, 0)  # it has been heard
            parsl.dfk().cleanup()
            raise


def _listen() -> None:
    """SIGTERM ends this process as an error would."""
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, _exit)


def _exit(*_: object) -> NoReturn:
    """What is raised while Python runs a callback, after a fork, say, is dropped: so it is raised each second until it is heard."""
    signal.setitimer(signal.ITIMER_REAL, 1.0)
    sys.exit(128 + signal.SIGTERM)


def _config(path: Path) -> Config:
    config = runpy.run_path(str(path)).get("config")
    if not isinstance(config, Config):
        sys.exit(f"{path} has no `config`, a `parsl.config.Config`")
    return config


def _address(url: str) -> tuple[str, int]:
    """The queues of the original know a host and a port, and no more."""
    parts = urlsplit(url)
    if parts.scheme != "redis" or parts.username or parts.password or parts.path.strip("/"):
        sys.exit("the task server of the original knows neither passwords nor TLS: --redis redis://HOST:PORT")
    return parts.hostname or "localhost", parts.port or 6379


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="colmena-rs", description=__doc__)
    parser.add_argument("--redis", metavar="URL", default="redis://localhost:6379", help="where Redis is")
    parser.add_argument("--prefix", metavar="P", required=True, help="of the lists on Redis, as the thinker has it")
    parser.add_argument("--serialization", choices=["json", "pickle"], default="json", help="as the thinker has it")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--config", metavar="FILE", type=Path, help="a file in Python whose `config` is Parsl's")
    where.add_argument("--workers", metavar="N", type=int, default=4, help="without a file: on this machine")
    parser.add_argument("--folder", metavar="DIR", type=Path, default=Path("runinfo"), help="where Parsl writes, then")
    parser.add_argument("program", help="begins with `colmena::serve_if_asked`; under the same path where tasks run")
    parser.add_argument("args", nargs=argparse.REMAINDER, help="its arguments there")
    return parser


if __name__ == "__main__":
    main()
