"""The original's Parsl server and its thinker, for `scripts/bench.sh --redis`.

    python through_parsl.py PORT FOLDER PROGRAM     serves a no-op method by two Parsl workers, which write to the folder, and
                                                    beside it the one in Rust of a worker program
    python through_parsl.py PORT --tasks N          prints how many tasks a second the original's thinker gets back from it
"""
import os
import sys
from time import perf_counter

from colmena.queue.redis import RedisQueues
from colmena.thinker import BaseThinker, ResourceCounter, result_processor, task_submitter


def no_op(x):
    return x


class Thinker(BaseThinker):
    """Submits as fast as slots come."""

    def __init__(self, queues, tasks):
        super().__init__(queues, ResourceCounter(1024))
        self.tasks, self.sent, self.handled = tasks, 0, 0

    @task_submitter()
    def submit(self):
        if self.sent == 0:
            self.began = perf_counter()
        self.sent += 1
        self.queues.send_inputs(self.sent, method="no_op", topic="no_op")
        if self.sent == self.tasks:
            self.done.set()

    @result_processor(topic="no_op")
    def store(self, result):
        self.rec.release()
        self.handled += 1
        if self.handled == self.tasks:
            print(self.tasks / (perf_counter() - self.began), flush=True)
            os._exit(0)  # the rest is waiting: it looks once a second whether it is done


def serve(queues, folder, program):
    from colmena_rs import Program
    from colmena.task_server.parsl import ParslTaskServer
    from parsl.config import Config
    from parsl.executors import HighThroughputExecutor

    executor = HighThroughputExecutor(address="127.0.0.1", max_workers_per_node=2, cores_per_worker=0.1)
    server = ParslTaskServer([no_op, *Program(program).methods(queues)], queues, Config([executor], run_dir=folder))
    server.start()
    print("serving", flush=True)
    server.join()


if __name__ == "__main__":
    queues = RedisQueues(["no_op", "no_op_in_rust"], port=int(sys.argv[1]), prefix="parsl", serialization_method="json")
    if sys.argv[2] == "--tasks":
        Thinker(queues, int(sys.argv[3])).run()
    else:
        serve(queues, sys.argv[2], sys.argv[3])
