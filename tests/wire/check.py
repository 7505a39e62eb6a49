"""Lets the installed original read what is written here; see python.rs.

Each line of the input is a JSON list. `["message", THEIRS, OURS]`: a message of the original and the same as written here,
which it must read alike. `["value", METHOD, TEXT, EXPRESSION]`: a value, which must be what the Python expression says.
Prints how many lines there were."""
import json
import sys
from math import inf, nan

from colmena.models import Result, SerializationMethod


def read(text):
    result = Result.model_validate_json(text)
    if '"proxystore_name": "' not in text:  # a proxy is resolved only where its store is
        result.deserialize()
    return repr(result)


def check(kind, *parts):
    if kind == "message":
        theirs, ours = map(read, parts)
    else:
        method, text, expression = parts
        theirs = repr(eval(expression, {"inf": inf, "nan": nan}))
        ours = repr(SerializationMethod.deserialize(method, text))
    assert theirs == ours, f"expected {theirs}\nbut got  {ours}"


checks = [json.loads(line) for line in sys.stdin]
for each in checks:
    check(*each)
print(len(checks))
