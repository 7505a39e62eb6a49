"""For thinkers in Python: the original's queues, without a fault of theirs that fast servers bring to light.

    from colmena_rs.queues import RedisQueues

The original notes a task as active after it has sent it. A result that is handled sooner leaves it active for ever, and the
thinker never ends. Here a result is not handled while a task is being sent: so the server need not hold it back."""

from __future__ import annotations

from threading import Lock
from typing import Any

from colmena.queue import redis

__all__ = ["RedisQueues"]


class RedisQueues(redis.RedisQueues):
    """Used as the original's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sending = Lock()

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()  # type: ignore[no-untyped-call]
        del state["_sending"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)  # type: ignore[no-untyped-call]
        self._sending = Lock()

    def send_inputs(self, *args: Any, **kwargs: Any) -> str:
        with self._sending:
            return super().send_inputs(*args, **kwargs)

    def _get_result(self, topic: str, timeout: int | None = None) -> str:
        message: str = super()._get_result(topic, timeout)
        with self._sending:  # whoever has sent its task has noted it by now
            return message
