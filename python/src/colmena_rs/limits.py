"""What ends a method before it ends by itself: the time limit of its task, and that its thinker has cancelled it.

A thinker in Rust notes the limit on the task, and says on a channel of Redis what it has cancelled; the last of that is in a list,
too. A process of Parsl hears it in a thread, from its first task on."""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import redis
from colmena.models import Result

from colmena_rs.worker import Cancelled, TimedOut

TIME_LIMIT = "colmena.time_limit"


@dataclass(frozen=True)
class Broker:
    """Where the thinker's Redis is, and the prefix that it has there."""

    url: str
    prefix: str | None = None


@contextmanager
def limited(task: Result, broker: Broker | None, end: Callable[[Exception], None]) -> Iterator[None]:
    """While it lasts, `end` is called in another thread when the task is cancelled or over its time limit; at
    once, if it has been cancelled before."""
    limit = (task.task_info or {}).get(TIME_LIMIT)
    timer = threading.Timer(limit, end, [TimedOut(f"{limit:g}s")]) if isinstance(limit, int | float) else None
    cancelled = _cancelled(broker.url, broker.prefix) if broker is not None and broker.prefix is not None else None
    if timer is not None:
        timer.daemon = True
        timer.start()
    if cancelled is not None:
        cancelled.add(task.task_id, lambda: end(Cancelled("by its thinker")))
    try:
        yield
    finally:
        if timer is not None:
            timer.cancel()
        if cancelled is not None:
            cancelled.remove(task.task_id)


class _Cancelled:
    """What thinkers of a prefix have cancelled: the last of it, since a task may come later, or be tried again."""

    def __init__(self, url: str, prefix: str) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, Callable[[], None]] = {}
        self._known: deque[str] = deque(maxlen=1000)
        threading.Thread(target=self._hear, args=(url, f"{prefix}_cancelled"), name="cancelled tasks", daemon=True).start()

    def add(self, task: str, end: Callable[[], None]) -> None:
        with self._lock:
            self._running[task] = end
            known = task in self._known
        if known:
            end()

    def remove(self, task: str) -> None:
        with self._lock:
            self._running.pop(task, None)

    def _hear(self, url: str, channel: str) -> None:
        pause = 1.0
        while True:
            try:
                with redis.Redis.from_url(url, socket_connect_timeout=5, **_signs(url)) as client, client.pubsub() as heard:
                    heard.subscribe(channel)
                    for message in heard.listen():
                        pause = 1.0
                        if message["type"] == "subscribe":
                            self._end([task.decode() for task in client.lrange(channel, 0, -1)])
                        elif message["type"] == "message":
                            self._end(message["data"].decode().split())
            except redis.RedisError:  # workers may not reach it: what is cancelled runs in vain
                threading.Event().wait(pause)
                pause = min(2 * pause, 60.0)

    def _end(self, tasks: list[str]) -> None:
        with self._lock:
            self._known.extend(tasks)
            ends = [self._running[task] for task in tasks if task in self._running]
        for end in ends:
            end()


def _signs(url: str) -> dict[str, Any]:
    """Of a connection on which one only listens, which would not notice that the other end is gone: once it is silent, the system
    asks for a sign of life every five seconds, and takes it for broken after as many as is usual (Linux: 9)."""
    options = {getattr(socket, name): 5 for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL") if hasattr(socket, name)}
    return {} if url.startswith("unix:") else {"socket_keepalive": True, "socket_keepalive_options": options}


@lru_cache(maxsize=None)
def _cancelled(url: str, prefix: str) -> Any:
    return _Cancelled(url, prefix)
