"""The 2015 strike authorisation at full size through the running site, as `quorate demo` replays it.

Server, database, voters' programs and tellers share this machine's cores. It runs in a process of its own,
since that process is the server.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from bench import ROOT
from bench.figures import Results, at_most
from bench.voting_day import Watch
from quorate.cli.demo_site import demo_site
from quorate.cli.scenario import load, scale


def measure(results: Results, folder: Path, members: int, workers: int) -> None:
    """Replay over HTTP with `members` eligible voters on `workers` cores."""
    command = (sys.executable, "-c", "from bench.site_day import main; main()", str(folder), str(members),
               str(workers))  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the replay over HTTP failed: {done.stderr.strip()[-2000:]}")
    took: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    shared = f"server, PostgreSQL, voters' programs and tellers share {workers} cores"
    results.add(
        "http_replay_ballots_per_s", "ballots/s", took["ballots"] / took["voting"],
        f"{took['ballots']:,} ballots made from their codes, posted, verified, durable on the board; "
        f"receipts checked; {shared}",
    )  # fmt: skip
    results.add(
        "http_replay_s", "s", took["whole"],
        f"{members:,} members from a member list to a released certificate, over HTTP; {shared}",
        at_most(120),
    )  # fmt: skip


def main() -> None:
    """Replay, and print how long it took as one line of JSON."""
    folder, members, workers = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    os.umask(0o022)
    for part in (folder, folder.parent):
        part.chmod(0o711)  # the database's account passes through
    story = load("strike-2015")
    stage = story.stages[0]
    figures = scale(stage.figures, members, stage.figures.eligible)
    with demo_site(folder, 0, workers, story.organisation, story.zone, "nobody") as site:
        from quorate.cli.replay_site import SiteReplay
        from quorate.election.registrar import Issue
        from quorate.record.manifest import Manifest

        class Timed(SiteReplay):
            """Looks at its watch as voting begins and ends."""

            voting = 0.0

            def vote(self, manifest: Manifest, box: Any, issue: Issue) -> None:
                start = perf_counter()
                super().vote(manifest, box, issue)
                self.voting = perf_counter() - start

        start = perf_counter()
        replay = Timed(story, stage, figures, folder / stage.id, Watch(_to_errors), workers, site=site)
        report = replay.run()
        whole = perf_counter() - start
        if report.certificate is None or not report.ok:
            raise RuntimeError("the result does not verify")
        ballots = sum(b'"type":"ballot"' in line for line in _entries(replay.record))
    print(json.dumps({"ballots": ballots, "voting": replay.voting, "whole": whole}))


def _entries(record: Path) -> list[bytes]:
    return (record / "entries.jsonl").read_bytes().splitlines()


def _to_errors(text: str) -> None:
    print(text, file=sys.stderr)
