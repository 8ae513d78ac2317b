"""How a command ends when it cannot do what was asked."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes that every subcommand shares. 0, 1 and 2 are answers and belong to the subcommand."""

    WRONG_USAGE = 64
    FAULT = 70
    INTERRUPTED = 130


class CommandError(Exception):
    """A refusal that a person can act on: what is wrong, which item, what to do; one line, no traceback."""

    def __init__(self, message: str, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class WrongUsage(CommandError):
    """The command was called wrongly: exit code 64."""

    def __init__(self, message: str) -> None:
        super().__init__(message, Exit.WRONG_USAGE)
