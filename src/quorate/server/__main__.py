"""``python -m quorate.server COMMAND``: Django's management commands, over the running database.

For developers (makemigrations, shell) and operators (createsuperuser has no use here; dumpdata has).
"""

from __future__ import annotations

import sys

from quorate.server.environment import EnvironmentProblem
from quorate.server.postgres import PostgresProblem
from quorate.server.start import running


def main() -> int:
    try:
        with running():
            from django.core.management import execute_from_command_line

            execute_from_command_line(["python -m quorate.server", *sys.argv[1:]])
    except (EnvironmentProblem, PostgresProblem) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
