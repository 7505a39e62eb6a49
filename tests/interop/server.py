"""The original's task server, for the tests of queues over Redis.

    python server.py PORT PREFIX METHOD [FOLDER | --config FILE]

With a folder for what Parsl writes, tasks run on two workers of a Parsl `HighThroughputExecutor`; with a file, as its `config`
says. The methods are called as those
of main.rs."""
import os
import runpy
import sys
import time
from pathlib import Path

from colmena.models.methods import PythonGeneratorMethod
from colmena.queue.redis import RedisQueues
from colmena.task_server.local import LocalTaskServer

sys.path.insert(0, str(Path(__file__).parents[2] / "python" / "src"))
from colmena_rs import ends_when_told
from colmena_rs.shared import resolves


def add(x, y):
    return x + y


def echo(value):
    return value


def describe(name, steps):
    return f"{name}: {steps}"


def everything():
    return {
        "none": None, "yes": True, "int": -(2**63), "big": 2**64 - 1, "float": 1.7976931348623157e308, "small": 5e-324,
        "nan": float("nan"), "inf": float("inf"), "text": "é ☃ 😀 \"\\\n\0", "list": [1, [2.5, []]], "map": {"a": {"b": [None]}},
    }


def refuse(why):
    raise ValueError(f"bad value: {why}")


attempts = {}


def try_again(key, failures):
    attempts[key] = attempts.get(key, 0) + 1
    if attempts[key] <= failures:
        raise OSError(f"attempt {attempts[key]}")
    return attempts[key]


def count_to(n):
    for i in range(n):
        yield i
    return "done"


def not_plain():
    return complex(1, 2)


def misfit():
    return {"energies": [0.5, "low"]}


def square(x):
    return x * x


def where_am_i():
    import os  # it is run elsewhere

    return os.getpid(), os.environ.get("SLURM_JOB_ID")


def killed_once(file):
    import os  # Parsl sends the function without what stands around it
    import signal

    if not os.path.exists(file):
        open(file, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return True


def weigh(model, at):
    return model[at]


def waits(file):
    import time
    from pathlib import Path

    from colmena_rs import Told

    Path(file).write_text("waiting")
    try:
        while True:
            time.sleep(0.01)
    except Told:
        Path(file).write_text("Some(Cancelled)")
        raise


def pause(seconds):
    time.sleep(seconds)
    return seconds


if __name__ == "__main__":
    port, prefix, serialization = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    topics = ["add", "echo", "describe", "everything", "refuse", "try_again", "count_to", "not_plain", "misfit", "pause", "weigh", "killed_once", "nobody", "square", "waits", "where_am_i"]
    queues = RedisQueues(topics, hostname="127.0.0.1", port=port, prefix=prefix, serialization_method=serialization)
    redis = f"redis://127.0.0.1:{port}"
    wrapped = [resolves(redis)(weigh), ends_when_told(redis, prefix)(waits)]
    plain = [add, echo, describe, everything, refuse, try_again, not_plain, misfit, pause, square, where_am_i, killed_once, *wrapped]
    streaming = PythonGeneratorMethod(count_to, store_return_value=True, streaming_queue=queues)
    if len(sys.argv) > 4:
        from colmena.task_server.parsl import ParslTaskServer
        from parsl.config import Config
        from parsl.executors import HighThroughputExecutor

        # Workers end by themselves, some seconds after what they belong to is killed.
        beats = {"heartbeat_period": 2, "heartbeat_threshold": 8}
        executor = HighThroughputExecutor(address="127.0.0.1", max_workers_per_node=2, cores_per_worker=0.1, **beats)
        config = Config([executor], run_dir=sys.argv[4])
        if sys.argv[4] == "--config":
            config = runpy.run_path(sys.argv[5])["config"]
        server = ParslTaskServer([*plain, streaming], queues, config)
    else:
        server = LocalTaskServer(queues, [*plain, streaming], threads=True, num_workers=4)
    server.start()
    print("serving", os.getpid(), server.pid, flush=True)
    server.join()
