"""`Shared` inputs of a thinker in Rust: what stands in a task for one is the key of its value on Redis.

    from colmena_rs.shared import resolves

    @resolves("redis://localhost:6379")
    def simulate(model, x):
        ...  # the model is what it is

Each process fetches a value once, and keeps the last few. Methods in Rust need none of this: see `program.py`."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Generator
from functools import lru_cache, partial, wraps
from inspect import isgeneratorfunction
from typing import Any, TypeVar

import redis

__all__ = ["Numbers", "ValueGone", "fetch", "replace", "resolve", "resolves"]

Function = TypeVar("Function", bound=Callable[..., Any])

MARK = "colmena.shared"


class ValueGone(LookupError):
    """The value is not on Redis any more: its last handle in the thinker is gone, or Redis has lost its data."""


def resolves(url: str) -> Callable[[Function], Function]:
    """Has a function called with the values themselves, which are fetched from the Redis at `url`. A value that it changes is
    changed for later calls, too.

    Raises, when the function is called, `ValueGone` or an error of the package `redis`."""

    def decorate(function: Any) -> Any:
        @wraps(function)
        def plain(*args: Any, **kwargs: Any) -> Any:
            return function(*resolve(args, url), **resolve(kwargs, url))

        @wraps(function)
        def streaming(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            return (yield from function(*resolve(args, url), **resolve(kwargs, url)))

        return streaming if isgeneratorfunction(function) else plain

    return decorate


def resolve(value: Any, url: str) -> Any:
    """The same value with each reference in its lists, tuples and dictionaries replaced by what it refers to."""
    return replace(value, partial(_fetch_once, url=url))


def replace(value: Any, by: Callable[[str], Any]) -> Any:
    """The same value with each reference replaced by what a function makes of its key."""
    if isinstance(value, dict):
        if list(value) == [MARK]:
            return by(value[MARK])
        return {key: replace(item, by) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(replace(item, by) for item in value)
    return value


def fetch(key: str, url: str) -> Any:
    """The value of a key, from the Redis at `url`. Raises `ValueGone` or an error of the package `redis`."""
    with redis.Redis.from_url(url) as client:
        text = client.get(key)
    if not isinstance(text, bytes):
        raise ValueGone(f"the shared value {key} is not on Redis any more")
    # Pickles are executed, as those of the messages are.
    return pickle.loads(bytes.fromhex(text.decode())) if key.endswith(".pickle") else json.loads(text)


class Numbers:
    """The shared values that a process in Rust has, by their keys and under numbers: in its inputs, one is a list of its number,
    and itself if it has not come before. The process keeps the last sixteen."""

    def __init__(self) -> None:
        self._kept: dict[str, int] = {}
        self._gone: list[int] = []
        self._last = 0

    def insert(self, inputs: Any, url: str) -> tuple[Any, dict[str, int] | None]:
        """The inputs with such lists in the places of references, and the numbers of the values that are new; `None`: there were no
        references. Raises what `fetch` raises."""
        fresh: dict[str, int] = {}
        found = False

        def numbered(key: str) -> list[Any]:
            nonlocal found
            found = True
            if known := self._kept.get(key) or fresh.get(key):
                return [known, None]
            value = fetch(key, url)
            self._last += 1
            fresh[key] = self._last
            return [self._last, value]

        inputs = replace(inputs, numbered)
        return inputs, fresh if found else None

    def note(self, fresh: dict[str, int] | None, came: bool) -> None:
        """The task that had these is over. Unless it has a value, it is not known how much of its inputs was read."""
        if came:
            self._kept.update(fresh or {})
        else:
            self._gone.extend((fresh or {}).values())
        while len(self._kept) > 16:
            self._gone.append(self._kept.pop(next(iter(self._kept))))

    def gone(self) -> list[int]:
        """The numbers of those that the process is to forget; asked once."""
        gone, self._gone = self._gone, []
        return gone


_fetch_once = lru_cache(maxsize=8)(fetch)
