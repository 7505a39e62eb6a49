"""Parsl on the Slurm of the tests: one job, two workers.

Expects SLURM_CONF, and PARSL_FOLDER for what Parsl writes."""
import os
import sys

from parsl.config import Config
from parsl.executors import HighThroughputExecutor
from parsl.launchers import SrunLauncher
from parsl.providers import SlurmProvider

provider = SlurmProvider(
    partition="main",
    nodes_per_block=1,
    cores_per_node=2,
    init_blocks=1,
    max_blocks=1,
    walltime="00:05:00",
    exclusive=False,
    launcher=SrunLauncher(),
    worker_init=f"export PATH={os.path.dirname(sys.executable)}:$PATH",
)
executor = HighThroughputExecutor(
    address="127.0.0.1", max_workers_per_node=2, provider=provider, heartbeat_period=2, heartbeat_threshold=8
)
config = Config(executors=[executor], run_dir=os.environ["PARSL_FOLDER"])
