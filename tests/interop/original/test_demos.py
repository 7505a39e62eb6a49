"""The original's demonstrations, on a task server in Rust: the example of its README, word for word, and what its streaming
demonstration does."""
import heapq
import re
import statistics
import textwrap
from collections import deque
from importlib.metadata import metadata
from threading import Condition, Lock

from colmena.thinker import BaseThinker, ResourceCounter, result_processor, task_submitter
from plugin import Queues, Server


def test_the_readme(capsys):
    readme = metadata("colmena").get_payload() or metadata("colmena")["Description"]
    blocks = re.findall(r"^ *```python\n(.*?)^ *```", readme, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 3
    exec(textwrap.dedent("\n".join(blocks)), {"__name__": "readme"})
    assert re.search(r"Answer: f\(-?\d+\.\d\d\) = -?\d+\.\d\d", capsys.readouterr().out)


class Stream(BaseThinker):
    """One slot trains a generator, whose samples come as it makes them; the others evaluate the newest sample.

    What is wrong is noted, and looked at in the end: with an agent that raises, the original's thinker waits for ever."""

    def __init__(self, queues, slots, evaluations):
        super().__init__(queues, ResourceCounter(slots, ["generation", "simulation"]))
        self.weights, self.batches, self.rounds = (2.0, 4.0), 0, 0
        self.samples, self.more = deque(maxlen=32), Condition()
        self.best, self.left, self.lock, self.wrong = [], evaluations, Lock(), []
        self.rec.reallocate(None, "generation", 1)
        self.rec.reallocate(None, "simulation", "all")

    @task_submitter(task_type="generation")
    def train(self):
        with self.lock:
            best = [x for _, x in self.best]
        self.queues.send_inputs(best, self.weights, method="generate_inputs", topic="generation")

    @result_processor(topic="generation")
    def generated(self, result):
        if not result.success:
            return self.give_up(result.failure_info)
        if result.complete:
            if self.batches % 8:
                self.wrong.append("all batches come before the end")
            self.weights, self.rounds = result.value, self.rounds + 1
            self.rec.release("generation", 1)
            return
        self.batches += 1
        with self.more:
            self.samples.extendleft(result.value)
            self.more.notify_all()

    @task_submitter(task_type="simulation")
    def evaluate(self):
        with self.more:
            self.more.wait_for(lambda: self.samples or self.done.is_set())
            if not self.samples:
                return
            sample = self.samples.popleft()
        self.queues.send_inputs(sample, method="evaluate", topic="simulation")

    @result_processor(topic="simulation")
    def evaluated(self, result):
        if not result.success:
            return self.give_up(result.failure_info)
        x = result.args[0]
        if result.value != 4 - x * x:  # `x**2` may differ in its last bit
            self.wrong.append((x, result.value))
        with self.lock:
            entry = (result.value, x)
            (heapq.heappush if len(self.best) < 10 else heapq.heappushpop)(self.best, entry)
        self.left -= 1
        if self.left <= 0:
            self.end()
        self.rec.release("simulation", 1)

    def give_up(self, failure):
        self.wrong.append(failure)
        self.end()

    def end(self):
        self.done.set()
        with self.more:
            self.more.notify_all()


def test_streaming():
    queues = Queues(["generation", "simulation"], serialization_method="pickle")
    server, thinker = Server(queues), Stream(queues, slots=4, evaluations=256)
    server.start()
    thinker.run()
    queues.send_kill_signal()
    server.join(timeout=60)
    assert not thinker.wrong
    assert thinker.rounds >= 2 and thinker.batches == 8 * thinker.rounds and thinker.left <= 0
    assert abs(statistics.fmean(x for _, x in thinker.best)) < 1, thinker.best
