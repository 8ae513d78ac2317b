"""`quorate account`: the first officer's account, made on the server, with secrets that are shown once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from quorate.server.postgres import Cluster

QUORATE = Path(sys.executable).with_name("quorate")


def test_the_first_account() -> None:
    data = Path(tempfile.mkdtemp(prefix="quorate-"))
    data.chmod(0o711)

    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [QUORATE, "account", *arguments],
            env={**kept, "QUORATE_DATA_DIR": str(data)},
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    try:
        with Cluster(data / "postgres"):
            made = run("jane.doe")
            assert made.returncode == 0, made.stderr
            assert re.search(r"Password: +\S{20}\n", made.stdout)
            assert re.search(r"authenticator app: [A-Z2-7]{32}\n", made.stdout)
            for arguments, words in (
                (("jane.doe",), "There is an account named jane.doe already."),
                (("j d",), "cannot be an account's name"),
                (("john", "--organisation", "nowhere"), "There is no organisation at this address."),
            ):
                refused = run(*arguments)
                assert refused.returncode == 1
                assert words in refused.stderr
                assert len(refused.stderr.splitlines()) == 1
    finally:
        shutil.rmtree(data)
