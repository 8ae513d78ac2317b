"""Every field of a JSON text, and another plausible value for it."""

from __future__ import annotations

import base64
import binascii
import copy
import json
import re
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every value that is no container, and of every list (empty or not)."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from leaves(member, (*path, key))
    elif isinstance(value, list):
        yield path
        for index, member in enumerate(value):
            yield from leaves(member, (*path, index))
    else:
        yield path


def mutations(text: bytes) -> Iterator[tuple[Path, bytes]]:
    """Each field of a canonical text changed by itself, and the whole written canonically again."""
    whole = json.loads(text)
    for path in leaves(whole):
        changed = copy.deepcopy(whole)
        holder = changed
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = another(holder[path[-1]])
        yield path, json.dumps(changed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def another(value: Any) -> Any:
    """A value of the same form: the next number, one bit of a byte string, the next day, a list without
    its last.
    """
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case None:
            return 1
        case []:
            return [0]
        case list():
            return value[:-1]
        case str():
            return _text(value)
    raise TypeError(f"{value!r} is no field of a record")


def _text(value: str) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value):
        return value[:9] + str((int(value[9]) + 1) % 10) + value[10:]
    try:
        data = base64.b64decode(value, validate=True)
    except binascii.Error:
        data = b""
    if len(data) >= 32:
        return base64.b64encode(bytes([data[0] ^ 1]) + data[1:]).decode()
    return value + "x"
