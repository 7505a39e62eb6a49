"""A plugin of pytest: the original's own tests, with a task server in Rust and queues over Redis.

Where they make pipes they are given queues over Redis; where they make a task server, a process that serves the methods of
`original.rs`, on the same queues. Both are put in place before the tests are imported."""
import os
import shlex
import subprocess
import sys
import time
import uuid
from pathlib import Path

import colmena.queue
import colmena.queue.python
import colmena.task_server.local
import colmena.task_server.parsl
from colmena.models import Result
from colmena.queue.base import ColmenaQueues
from pytest import mark

sys.path.insert(0, str(Path(__file__).parents[3] / "python" / "src"))
from colmena_rs.queues import RedisQueues


class Queues(RedisQueues):
    """In the place of `PipeQueues`."""

    def __init__(self, topics=(), *args, **kwargs):
        super().__init__(topics, "127.0.0.1", int(os.environ["COLMENA_TEST_PORT"]), str(uuid.uuid4()), *args, **kwargs)

    def send_result(self, result):
        """A test that takes a task itself decides when it is answered, and with what: the answer is given by a server in Rust."""
        request = Result(((result.value,), {}), method="answer", topic=result.topic, serialization_method=self.serialization_method)
        request.task_id = result.task_id
        request.serialize()
        self._send_request(request.json(exclude_none=True), result.topic)
        self._send_request("null", "default")
        server = Server(self)
        server.start()
        server.join()


class Server:
    """In the place of `LocalTaskServer` and `ParslTaskServer`."""

    def __init__(self, *args, **kwargs):
        self._queues = next(x for x in (*args, *kwargs.values()) if isinstance(x, ColmenaQueues))
        self._process = None

    def start(self):
        program = shlex.split(os.environ["COLMENA_TEST_SERVER"])
        environment = {**os.environ, "COLMENA_TEST_PREFIX": self._queues.prefix}
        mortal = ["setpriv", "--pdeathsig", "KILL", "--"]  # it ends with this process
        self._process = subprocess.Popen([*mortal, *program], env=environment, stdout=subprocess.DEVNULL)

    def is_alive(self):
        return self._process is not None and self._process.poll() is None

    def join(self, timeout=None):
        assert self._process.wait(timeout) == 0


def pytest_collection_modifyitems(items):
    """On a machine that does something else besides, all takes longer: so do the tests' pauses and limits."""
    def sleep(seconds):
        time.sleep(3 * seconds)

    for item in items:
        if getattr(item.module, "sleep", None) is time.sleep:
            item.module.sleep = sleep
        if limit := item.get_closest_marker("timeout"):
            item.add_marker(mark.timeout(10 * limit.args[0]), append=False)


colmena.queue.PipeQueues = colmena.queue.python.PipeQueues = Queues
colmena.task_server.local.LocalTaskServer = colmena.task_server.parsl.ParslTaskServer = Server
