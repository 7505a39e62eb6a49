"""The campaigns of `scripts/bench.sh --original`, written for the original: one for each call of this script.

Prints a line `measure value unit` for each measure, and `hung tasks-left tasks` if the campaign does not end: that is, if
for PATIENCE seconds it is neither over nor has anything happened. (What the original polls, it polls once a second.)
The task server is LocalTaskServer with 8 workers: its default executor, threads, or processes (`processes_..`). Tasks that take time sleep. The
serialization is the default of the queues, pickle.
"""
import argparse
import glob
import multiprocessing
import os
import platform
import random
import signal
import sys
import time
import traceback
from importlib.metadata import version
from statistics import median, quantiles
from threading import Event
from time import perf_counter

from colmena.queue.python import PipeQueues
from colmena.queue.redis import RedisQueues
from colmena.task_server.local import LocalTaskServer
from colmena.thinker import BaseThinker, ResourceCounter, agent, event_responder, result_processor, task_submitter

SLOTS = 8
WORKERS = 8
PATIENCE = 4
PAYLOAD = 10_000_000


def work(length):
    """A task of this many seconds."""
    if length:
        time.sleep(length)


def fill(data):
    """Takes bytes and gives as many."""
    return data[:1] * len(data)


def emit(measure, value, unit):
    print(measure, value, unit, flush=True)


class Thinker(BaseThinker):
    """Notes when something happened last, so that a campaign that hangs is found out."""

    def __init__(self, queues, slots=SLOTS, pools=()):
        super().__init__(queues, ResourceCounter(slots, pools))
        self.moved = perf_counter()
        self.times = []

    def begin(self):
        self.began = perf_counter()

    def end(self):
        self.moved = perf_counter()
        self.times.append((self.moved - self.began) * 1e9)


class Envelope(Thinker):
    """Tasks of one length, submitted whenever a slot is free."""

    def __init__(self, queues, milliseconds, tasks, slots=SLOTS, measure='throughput'):
        super().__init__(queues, slots)
        self.measure = measure
        self.milliseconds = milliseconds
        self.slots = slots
        self.tasks = tasks
        self.sent = 0
        self.spans = []

    @task_submitter()
    def submit(self):
        if self.sent == 0:
            self.begin()
        self.sent += 1
        self.queues.send_inputs(self.milliseconds / 1000, method='work', topic='work')
        if self.sent == self.tasks:
            self.done.set()

    @result_processor(topic='work')
    def store(self, result):
        self.rec.release()
        self.spans.append((result.timestamp.compute_started, result.timestamp.compute_ended, result.time.running))
        self.moved = perf_counter()
        if len(self.spans) == self.tasks:
            self.report()

    def report(self):
        """Of no-ops the tasks a second, of others what they ran, of what the slots could have run meanwhile."""
        if self.milliseconds == 0:
            emit(self.measure, self.tasks / (self.moved - self.began), 'tasks/s')
            return
        starts, ends, running = zip(*self.spans)
        emit(f'utilisation_{self.milliseconds}', sum(running) / self.slots / (max(ends) - min(starts)), 'of-1')


class Single(Thinker):
    """One task at a time."""

    def __init__(self, queues, tasks):
        super().__init__(queues, slots=1)
        self.tasks = tasks

    @agent
    def submit(self):
        for _ in range(self.tasks):
            self.rec.acquire(None, 1)
            self.begin()
            self.queues.send_inputs(0, method='work', topic='work')

    @result_processor(topic='work')
    def store(self, result):
        self.end()
        self.rec.release()
        if len(self.times) == self.tasks:
            emit('latency_p50', median(self.times), 'ns')
            emit('latency_p99', quantiles(self.times, n=100)[98], 'ns')


class Calling(Thinker):
    """One agent sends 10 MB and waits for 10 MB. With the inputs in the result, these are over the limit of the pipes."""

    def __init__(self, queues, measure='payload'):
        super().__init__(queues)
        self.measure = measure

    @agent
    def call(self):
        for _ in range(3):
            data = b'\1' * PAYLOAD
            self.begin()
            self.queues.send_inputs(data, method='fill', topic='fill', keep_inputs=False)
            result = self.queues.get_result(topic='fill')
            assert len(result.value) == PAYLOAD
            self.end()
        emit(self.measure, median(self.times), 'ns')


class Crowd(Thinker):
    """Many tasks are out while the only worker is busy with the first."""

    def __init__(self, queues, tasks):
        super().__init__(queues, slots=0)
        self.tasks = tasks

    @agent
    def submit(self):
        self.send(100)  # what is loaded and filled once
        before = self.resident()
        self.send(self.tasks)
        emit('memory', (self.resident() - before) / self.tasks, 'bytes')

    def send(self, n):
        for _ in range(n):
            self.queues.send_inputs(60, method='work', topic='work')
            self.moved = perf_counter()

    def resident(self):
        """Bytes of the thinker and the server together, once the server has taken what was sent."""
        time.sleep(1.5)
        processes = [os.getpid()] + [child.pid for child in multiprocessing.active_children()]
        statuses = [open(f'/proc/{process}/status').read() for process in processes]
        return sum(int(status.split('VmRSS:')[1].split()[0]) * 1024 for status in statuses)


class Releasing(Thinker):
    """One agent releases slots, the other waits for each."""

    def __init__(self, queues, wakes):
        super().__init__(queues, slots=0)
        self.wakes = wakes

    @agent(startup=True)
    def release(self):
        for done in range(self.wakes):
            time.sleep(0.001)
            while len(self.times) < done:
                time.sleep(0.001)
            self.begin()
            self.rec.release()

    @agent(startup=True)
    def acquire(self):
        for _ in range(self.wakes):
            self.rec.acquire(None, 1)
            self.end()
        emit('wake', median(self.times), 'ns')


class Cancelling(Thinker):
    """One agent waits for more slots than are free until the other cancels that, at a random moment: the wait polls."""

    def __init__(self, queues, wakes):
        super().__init__(queues, slots=1)
        self.wakes = wakes
        self.cancel = Event()

    @agent(startup=True)
    def wait(self):
        for _ in range(self.wakes):
            assert not self.rec.acquire(None, 2, cancel_if=self.cancel)
            self.end()
            self.cancel.clear()
        emit('cancel', median(self.times), 'ns')

    @agent(startup=True)
    def set(self):
        for _ in range(self.wakes):
            while self.cancel.is_set():
                time.sleep(0.001)
            time.sleep(random.random())
            self.begin()
            self.cancel.set()


class Responding(Thinker):
    """A responder, and the agent that sets its event."""

    def __init__(self, queues, wakes):
        super().__init__(queues)
        self.wakes = wakes
        self.go = Event()

    @event_responder(event_name='go')
    def respond(self):
        self.end()

    @agent
    def set(self):
        for _ in range(self.wakes):
            time.sleep(0.001)
            while self.go.is_set():
                time.sleep(0.001)
            self.begin()
            self.go.set()
        while self.go.is_set():
            time.sleep(0.001)
        emit('event', median(self.times), 'ns')


class Idle(Thinker):
    """Ten agents, all of them idle. Where the original leaves it to the user to look at `done`, they do as its agents."""

    def __init__(self, queues):
        super().__init__(queues, slots=1, pools=['sim', 'ml'])
        self.never = Event()

    @agent
    def wait_for_event(self):
        while not self.done.is_set():
            self.never.wait(1)

    @agent
    def wait_for_slots(self):
        self.rec.acquire('ml', 1, cancel_if=self.done)

    @agent
    def sleep(self):
        self.done.wait(60)

    @task_submitter(task_type='sim')
    def submit_items(self):
        pass

    @task_submitter(task_type='ml')
    def submit(self):
        pass

    @result_processor(topic='one')
    def handle_one(self, result):
        pass

    @result_processor(topic='other')
    def handle_other(self, result):
        pass

    @result_processor(topic='other')
    def handle_other_too(self, result):
        pass

    @event_responder(event_name='never')
    def respond(self):
        pass

    @event_responder(event_name='never', reallocate_resources=True,
                     gather_from='sim', gather_to='ml', disperse_to='sim')
    def reallocate(self):
        pass


CAMPAIGNS = {
    'envelope_0': lambda queues: Envelope(queues, 0, 1000),
    'envelope_0_wide': lambda queues: Envelope(queues, 0, 2000, slots=1024, measure='throughput_wide'),
    'envelope_1': lambda queues: Envelope(queues, 1, 2400),
    'envelope_10': lambda queues: Envelope(queues, 10, 3200),
    'envelope_100': lambda queues: Envelope(queues, 100, 160),
    'latency': lambda queues: Single(queues, 400),
    'payload': Calling,
    'processes_0': lambda queues: Envelope(queues, 0, 1000, measure='processes'),
    'processes_payload': lambda queues: Calling(queues, 'processes_payload'),
    'memory': lambda queues: Crowd(queues, 2000),
    'wake': lambda queues: Releasing(queues, 400),
    'cancel': lambda queues: Cancelling(queues, 5),
    'event': lambda queues: Responding(queues, 400),
    'shutdown': Idle,
}


def run(campaign, queues):
    """Runs it until it has ended or is found to hang."""
    num_workers = 1 if campaign == 'memory' else WORKERS
    threads = not campaign.startswith('processes')
    server = LocalTaskServer(queues, [work, fill], threads=threads, num_workers=num_workers)
    server.start()
    try:
        thinker = CAMPAIGNS[campaign](queues)
        thinker.start()
        if campaign == 'shutdown':
            end(thinker)
        while thinker.is_alive():
            thinker.join(0.1)
            if perf_counter() - thinker.moved > PATIENCE:
                emit('hung', queues.active_count, 'tasks')
                break
    finally:
        workers = workers_of(server)
        server.kill()
        for worker in workers:  # they outlive their server, and hold our standard output
            os.kill(worker, signal.SIGKILL)


def workers_of(server):
    """The processes that it has started."""
    lists = glob.glob(f'/proc/{server.pid}/task/*/children')
    return [int(child) for one in lists for child in open(one).read().split()]


def end(thinker):
    """At a random moment of the second in which each agent looks once."""
    time.sleep(1 + random.random())
    thinker.begin()
    thinker.done.set()
    thinker.join(PATIENCE)
    thinker.end()
    if not thinker.is_alive():
        emit('shutdown', thinker.times[0], 'ns')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('campaign', choices=[*CAMPAIGNS, 'versions'])
    parser.add_argument('--redis', type=int, metavar='PORT', help='over RedisQueues, not PipeQueues')
    args = parser.parse_args()
    if args.campaign == 'versions':
        print(f'colmena {version("colmena")}, Python {platform.python_version()}, redis-py {version("redis")}')
        return
    topics = ['work', 'fill', 'one', 'other']
    run(args.campaign, RedisQueues(topics, port=args.redis) if args.redis else PipeQueues(topics))


if __name__ == '__main__':
    multiprocessing.set_start_method('fork')
    status = 1
    try:
        main()
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)  # a campaign that hangs has threads that would keep this from ending
