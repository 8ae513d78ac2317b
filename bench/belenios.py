"""The same election with belenios-tool, where it is installed: verification for each further ballot.

One question, three answers of which one is chosen, the 2048-bit group that version 2.0 is used with. Two
archives differ only in their number of ballots, so the difference in time is theirs alone.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench import child
from bench.figures import Results, at_least
from bench.voting_day import ballot_lines

GROUP = "BELENIOS-2048"
PACKAGE = "belenios-tool"


def version() -> str | None:
    """The version of the installed belenios-tool, or None."""
    if shutil.which(PACKAGE) is None:
        return None
    done = subprocess.run((PACKAGE, "--version"), capture_output=True, text=True, check=False)
    return done.stdout.split()[0] if done.stdout else None


def install(tell: Callable[[str], None]) -> None:
    """Try to install Debian's package, as root on a Debian system; whether it worked shows in `version`."""
    if shutil.which(PACKAGE) or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    tell(f"    installing the Debian package {PACKAGE}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (("install", "-y", "-qq", PACKAGE), ("update", "-qq"), ("install", "-y", "-qq", PACKAGE)):
        subprocess.run(("apt-get", *command), env=quiet, capture_output=True, check=False)
        if shutil.which(PACKAGE):
            return


@dataclass(frozen=True)
class Archive:
    """An election of belenios-tool in a folder."""

    folder: Path

    def tool(self, *arguments: str, given: bytes = b"") -> bytes:
        """Run one command in this folder."""
        environment = {**os.environ, "BELENIOS_USE_URANDOM": "1"}
        done = subprocess.run(
            (PACKAGE, *arguments),
            cwd=self.folder,
            env=environment,
            input=given,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"belenios-tool {' '.join(arguments[:2])}: {done.stderr.decode()[-500:]}")
        return done.stdout

    def set_up(self, voters: int) -> list[str]:
        """Credentials, one trustee, the question; returns the voters' private credentials."""
        self.folder.mkdir(parents=True)
        uuid = self.tool("setup", "generate-token").decode().strip()
        same = ("--uuid", uuid, "--group", GROUP)
        (self.folder / "voters.txt").write_text("".join(f"v{i}@example.org\n" for i in range(voters)))
        self.tool("setup", "generate-credentials", *same, "--file", "voters.txt")
        (public,) = self.folder.glob("*.pubcreds")
        public.rename(self.folder / "public_creds.json")
        self.tool("setup", "generate-trustee-key", "--group", GROUP)
        (key,) = self.folder.glob("*.pubkey")
        shutil.copyfile(key, self.folder / "public_keys.jsons")
        self.tool("setup", "make-trustees")
        question = {"answers": ["Yes", "No", "Abstain"], "max": 1, "min": 1, "question": "Strike?"}
        template = {
            "administrator": "bench",
            "credential_authority": "bench",
            "description": "",
            "name": "bench",
            "questions": [question],
        }
        (self.folder / "template.json").write_text(json.dumps(template))
        self.tool("setup", "make-election", *same, "--template", "template.json")
        self.tool("archive", "init")
        (private,) = self.folder.glob("*.privcreds")
        return [line.split()[1] for line in private.read_text().splitlines()]

    def vote(self, number: int, credential: str) -> bytes:
        """Make one ballot."""
        choice = [[int(i == number % 3) for i in range(3)]]
        secret, chosen = self.folder / f"credential-{number}", self.folder / f"choice-{number}"
        secret.write_text(credential + "\n")
        chosen.write_text(json.dumps(choice) + "\n")
        return self.tool("election", "generate-ballot", "--privcred", secret.name, "--ballot", chosen.name)

    def cast(self, ballot: bytes) -> None:
        """Put one ballot into the archive."""
        self.tool("archive", "add-event", "--type=Ballot", given=ballot)

    def verify_seconds(self) -> float:
        """Processor time of one complete verification."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.tool("election", "verify")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure(
    results: Results,
    folder: Path,
    few: int,
    many: int,
    record: Path,
    repetitions: int,
) -> None:
    """Compare with the verification of a finished record; in turns, processor time of one process each."""
    install(results.say)
    found = version()
    if found is None:
        results.skip(
            "times_belenios", "belenios-tool is not installed (Debian: apt-get install belenios-tool)"
        )
        return
    large, small = Archive(folder / "many"), Archive(folder / "few")
    credentials = large.set_up(many)
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        ballots = list(pool.map(large.vote, range(many), credentials))
    for number, ballot in enumerate(ballots):
        if number == few:
            shutil.copytree(large.folder, small.folder)
        large.cast(ballot)
    our_ballots = len(ballot_lines(record))
    theirs, times = list[float](), list[float]()
    for _ in range(repetitions):
        per_ballot = (large.verify_seconds() - small.verify_seconds()) / (many - few)
        mine = child.run(record, 1, "result").cpu / our_ballots
        theirs.append(per_ballot * 1e6)
        times.append(per_ballot / mine)
    results.add(
        "belenios_verify_us",
        "us/ballot",
        theirs,
        f"belenios-tool {found}, {GROUP}: verifying {many} ballots less verifying {few}, for each more",
    )
    results.add(
        "belenios_ballot_bytes", "bytes", len(ballots[0].strip()), f"belenios-tool {found}: a ballot as JSON"
    )
    results.add(
        "times_belenios",
        "x",
        times,
        f"belenios-tool {found} over this verification (all checks, whole record) per ballot; one core",
        at_least(120),
    )
