"""The original's thinker, for a task server of this library.

    python thinker.py PORT PREFIX METHOD CAMPAIGNS TASKS QUEUES

QUEUES is the module that has `RedisQueues`. Prints `all well` in the end."""
import faulthandler
import importlib
import pickle
import sys
from math import inf, isnan, nan
from pathlib import Path
from threading import Lock

from colmena.thinker import BaseThinker, ResourceCounter, agent, result_processor, task_submitter

faulthandler.dump_traceback_later(110)  # says where it waits, before it is killed
sys.path.insert(0, str(Path(__file__).parents[2] / "python" / "src"))
port, prefix, serialization, campaigns, tasks = int(sys.argv[1]), *sys.argv[2:4], int(sys.argv[4]), int(sys.argv[5])
Queues = importlib.import_module(sys.argv[6]).RedisQueues
queues = Queues(["square", "check"], hostname="127.0.0.1", port=port, prefix=prefix, serialization_method=serialization)
queues = pickle.loads(pickle.dumps(queues))  # as those that are sent to another process


class Squares(BaseThinker):
    """As many slots as the held back results of half a second need, as many tasks as are asked for."""

    def __init__(self):
        super().__init__(queues, ResourceCounter(400, ["sim"]))
        self.rec.reallocate(None, "sim", "all")
        self.sent, self.seen, self.lock = 0, [], Lock()

    @task_submitter(task_type="sim", n_slots=1)
    def submit(self):
        if self.sent == tasks:
            self.done.set()
            return
        self.queues.send_inputs(self.sent, method="square", topic="square", task_info={"x": self.sent})
        self.sent += 1

    @result_processor(topic="square")
    def store(self, result):
        self.rec.release("sim", 1)
        assert result.success, result.failure_info
        assert result.value == result.task_info["x"] ** 2 and result.args == (result.task_info["x"],)
        self.seen.append(result.task_info["x"])


class Checks(BaseThinker):
    """What else a server is asked."""

    def ask(self, *args, method, kwargs=None, **options):
        self.queues.send_inputs(*args, method=method, topic="check", input_kwargs=kwargs, **options)
        return self.queues.get_result("check", timeout=10)

    @agent
    def check(self):
        result = self.ask([1, 2.5, -inf], "é ☃", method="describe")
        assert result.value == [[1.0, 2.5, -inf], "é ☃"], result
        assert result.worker_info.hostname and result.time.running >= 0
        result = self.ask([nan], method="describe", kwargs={"name": "x"}, keep_inputs=False)
        assert isnan(result.value[0][0]) and result.args == () and result.kwargs == {}
        result = self.ask("no space", method="refuse", max_retries=2)
        assert not result.success and result.complete and result.retries == 2, result
        assert "no space" in result.failure_info.exception and "no space" in result.failure_info.traceback
        result = self.ask(method="panic")
        assert not result.success and "at the disco" in result.failure_info.exception
        result = self.ask("text", method="square")
        assert not result.success and "its inputs cannot be read" in result.failure_info.exception, result.failure_info
        result = self.ask(1, 2, method="square")
        assert "2 inputs, where `square` has 1" in result.failure_info.exception
        result = self.ask(1, method="nobody")
        assert not result.success and result.complete is None and "not recognized" in result.failure_info.exception
        result = self.ask(3, method="count")
        for i in range(3):
            assert (result.value, result.complete) == (i, False), result
            result = self.queues.get_result("check", timeout=10)
        assert (result.value, result.complete) == ("done", True)
        result = self.ask(method="nothing")
        assert result.success and result.value is None


for _ in range(campaigns):
    thinker = Squares()
    thinker.run()
    assert sorted(thinker.seen) == list(range(tasks)), thinker.seen
checks = Checks(queues)
checks.run()
assert checks.queues.active_count == 0
queues.send_kill_signal()
print("all well")
