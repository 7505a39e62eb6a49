"""`Shared` inputs of a thinker in Rust: what stands in a task for one is the key of its value on Redis.

    from colmena_rs.shared import resolves

    @resolves("redis://localhost:6379")
    def simulate(model, x):
        ...  # the model is what it is

Each process fetches a value once, and keeps the last few."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Generator
from functools import lru_cache, wraps
from inspect import isgeneratorfunction
from typing import Any, TypeVar

import redis

__all__ = ["ValueGone", "resolve", "resolves"]

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
    if isinstance(value, dict):
        if list(value) == [MARK]:
            return _fetch(value[MARK], url)
        return {key: resolve(item, url) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(resolve(item, url) for item in value)
    return value


@lru_cache(maxsize=8)
def _fetch(key: str, url: str) -> Any:
    with redis.Redis.from_url(url) as client:
        text = client.get(key)
    if not isinstance(text, bytes):
        raise ValueGone(f"the shared value {key} is not on Redis any more")
    # Pickles are executed, as those of the messages are.
    return pickle.loads(bytes.fromhex(text.decode())) if key.endswith(".pickle") else json.loads(text)
