"""What two officers, or two versions, have differently in a draft."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from quorate.election.draft import Draft


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which two drafts differ."""

    field: str
    mine: str
    theirs: str


def differences(mine: Draft, theirs: Draft) -> tuple[Difference, ...]:
    """What is not the same in two drafts, field by field."""
    one, other = _flat(msgspec.to_builtins(mine)), _flat(msgspec.to_builtins(theirs))
    return tuple(
        Difference(name, one.get(name, "-"), other.get(name, "-"))
        for name in dict.fromkeys([*one, *other])
        if one.get(name) != other.get(name)
    )


def _flat(value: object, name: str = "") -> dict[str, str]:
    """Every leaf by its path, such as `question 1 text`."""
    if isinstance(value, dict):
        return {k: v for key, one in value.items() for k, v in _flat(one, f"{name} {key}".strip()).items()}
    if isinstance(value, (list, tuple)):
        return {
            k: v
            for at, one in enumerate(value, start=1)
            for k, v in _flat(one, f"{name} {at}".strip()).items()
        }
    return {name.replace("_", " "): "-" if value in {None, ""} else str(value)}
