"""What the command says when something is missing."""

import pytest

from colmena_rs.__main__ import main


def test_it_says_what_is_wrong(command: list[str]) -> None:
    def wrong(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["--prefix", "p", *arguments])
        return str(ended.value)

    assert "127.0.0.1:1" in wrong("--redis", "redis://127.0.0.1:1", *command)
    assert "passwords nor TLS" in wrong("--redis", "redis://me:secret@host", *command)
    assert "passwords nor TLS" in wrong("--redis", "rediss://host", *command)
    assert wrong("nowhere/to/be/found") == "there is no program `nowhere/to/be/found`"
    assert "serve_if_asked" in wrong("true")
