"""The task server of the example: the original's, with methods in Python that run on workers of Parsl.

    python server.py PORT PREFIX WORKERS FOLDER

On a cluster, another `Config` is all that changes: see the guide, "Python methods, and clusters"."""
import os
import sys


def travel_time(depths: list[float], run_time: float) -> float:
    """The time in which a bead slides along a track without friction, in units of (radius / gravity) ** 0.5.

    The track goes from (0, 0) to (pi, 2), depths downwards, by way of the given depths at equal distances. `run_time`, in
    seconds, stands for the computation."""
    import time
    from math import hypot, pi, sqrt

    time.sleep(run_time)
    points = [0.0, *depths, 2.0]
    if min(depths) < 0.0:
        raise ValueError("the bead does not climb above its start")
    step = pi / (len(points) - 1)
    # On each piece the acceleration is constant: its length, by the mean of the speeds at its ends.
    return sum(2 * hypot(step, b - a) / (sqrt(2 * a) + sqrt(2 * b)) for a, b in zip(points, points[1:]))


if __name__ == "__main__":
    from colmena.queue.redis import RedisQueues
    from colmena.task_server.parsl import ParslTaskServer
    from parsl.config import Config
    from parsl.executors import HighThroughputExecutor

    port, prefix, workers, folder = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
    # Parsl starts programs that are beside its Python; its workers end soon after what they belong to.
    os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    executor = HighThroughputExecutor(
        address="127.0.0.1", max_workers_per_node=workers, cores_per_worker=0.1, heartbeat_period=2, heartbeat_threshold=8
    )
    queues = RedisQueues(["simulation"], hostname="127.0.0.1", port=port, prefix=prefix, serialization_method="json")
    server = ParslTaskServer([travel_time], queues, Config([executor], run_dir=folder))
    server.start()
    print("serving", flush=True)
    server.join()
