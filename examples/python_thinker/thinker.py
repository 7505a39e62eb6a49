"""A thinker of the original, unchanged: it asks a task server in Rust.

    python thinker.py PORT PREFIX BUDGET

Looks for the maximum of a function, by random steps from the best point that is known."""
import sys
from random import Random
from threading import Lock

from colmena.queue.redis import RedisQueues
from colmena.thinker import BaseThinker, ResourceCounter, result_processor, task_submitter


class Thinker(BaseThinker):
    """Sends a guess whenever a slot is free, and keeps the best."""

    def __init__(self, queues, budget, slots=4):
        super().__init__(queues, ResourceCounter(slots, ["sim"]))
        self.rec.reallocate(None, "sim", "all")
        self.budget, self.count = budget, 0
        self.best, self.lock, self.random = (-2.0, float("-inf")), Lock(), Random(0)

    @task_submitter(task_type="sim", n_slots=1)
    def submit(self):
        with self.lock:
            guess = self.best[0] + self.random.gauss(0, 0.5)
        self.queues.send_inputs(guess, method="simulate", topic="simulate")

    @result_processor(topic="simulate")
    def store(self, result):
        self.rec.release("sim", 1)
        with self.lock:
            if result.success and result.value > self.best[1]:
                self.best = (result.args[0], result.value)
        self.count += 1
        if self.count == self.budget:
            self.done.set()


if __name__ == "__main__":
    port, prefix, budget = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    queues = RedisQueues(["simulate"], hostname="127.0.0.1", port=port, prefix=prefix, serialization_method="json")
    thinker = Thinker(queues, budget)
    try:
        thinker.run()
    finally:
        queues.send_kill_signal()  # else the server would wait for more
    x, y = thinker.best
    print(f"Answer: f({x:.2f}) = {y:.3f}, by a thinker in Python", flush=True)
