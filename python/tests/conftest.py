"""The program whose methods the tests call: a worker with the methods of `tests/interop/package.rs`."""

import os
import shlex

import pytest

from colmena_rs import Program


@pytest.fixture(scope="session")
def command() -> list[str]:
    return shlex.split(os.environ["COLMENA_RS_PROGRAM"])


@pytest.fixture(scope="session")
def program(command: list[str]) -> Program:
    return Program(*command)
