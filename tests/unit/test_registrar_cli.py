"""`quorate registrar` as its user meets it: files, messages, exit codes, and nothing half-done."""

from __future__ import annotations

import csv
import os
import re
import shlex
import stat
from pathlib import Path

import msgspec
import pytest

from quorate import files
from quorate.cli import main, registrar_folder
from quorate.crypto.credential import derive, parse_code
from quorate.election import registrar
from quorate.record.canonical import encode
from quorate.record.credentials import CredentialIndex
from quorate.record.entries import Reissue, Revoke, read_entry
from quorate.record.manifest import Credentials
from quorate.roll import parse_frozen
from support.ballots import Draws, SmallBallot

ROLL = "Member number,Name,Workplace\n2,Bob,East\n1,Ada,West\n3,Zoé,East\n"
WORDS = "correct horse battery staple"
BALLOT = "ab" * 32


@pytest.fixture(scope="module")
def key() -> registrar.RegistrarKey:
    return registrar.new_key(Draws("cli"))


@pytest.fixture(autouse=True)
def place(tmp_path: Path, key: registrar.RegistrarKey, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a roll, a key file that opens quickly and its passphrase."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("roll.csv").write_text(ROLL, encoding="utf-8")
    Path("words").write_text(WORDS + "\nnot this line\n", encoding="utf-8")
    Path("registrar.key").write_bytes(registrar.seal_key(key, WORDS, Draws("seal"), work=14))
    return tmp_path


def run(*arguments: str) -> int:
    return main.run(["registrar", *arguments])


def codes(*more: str) -> int:
    return run(
        "codes", "roll.csv", "--out", "out", "--ballot-id", BALLOT, "--passphrase-file", "words", *more
    )


def listing() -> list[str]:
    return sorted(str(path) for path in Path().rglob("*"))


def test_a_new_key_opens_with_its_passphrase_and_is_private(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("key", "--out", "new.key", "--passphrase-file", "words") == 0
    opened = registrar.open_key(Path("new.key").read_bytes(), WORDS)
    assert f"Public key: {opened.public.hex()}" in capsys.readouterr().out
    assert stat.S_IMODE(Path("new.key").stat().st_mode) == 0o600


def test_a_key_is_never_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    before = Path("registrar.key").read_bytes()
    assert run("key", "--passphrase-file", "words") == 1
    assert "a key is never overwritten" in capsys.readouterr().err
    assert Path("registrar.key").read_bytes() == before


def test_a_short_passphrase_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("words").write_text("short\n", encoding="utf-8")
    assert run("key", "--out", "new.key", "--passphrase-file", "words") == 1
    assert "at least 12 signs" in capsys.readouterr().err
    assert not Path("new.key").exists()


def test_codes_leaves_one_private_folder(key: registrar.RegistrarKey) -> None:
    assert codes("--units", "unit") == 0
    names = {str(path.relative_to("out")) for path in Path("out").rglob("*") if path.is_file()}
    assert names == {
        "public/credentials.txt",
        "public/credential-list.json",
        "public/units.txt",
        "secret/codes.csv",
        "secret/book.sealed",
        "roll.jsonl",
    }
    for path in [Path("out"), *Path("out").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    signed = registrar_folder.load_signed_list(Path("out"))
    lines = Path("out/public/credentials.txt").read_bytes().splitlines()
    registrar.check_list(signed, lines)
    assert signed.ballot_id.hex() == BALLOT
    index = CredentialIndex.parse(lines)
    units = Path("out/public/units.txt").read_text(encoding="utf-8").splitlines()
    made = registrar.read_codes_file(Path("out/secret/codes.csv").read_bytes())
    assert [(each.member_number, each.name) for each in made] == [("1", "Ada"), ("2", "Bob"), ("3", "Zoé")]
    found = {}
    for each in made:
        row = index.find(derive(parse_code(each.code), signed.ballot_id).public)
        assert row is not None
        found[each.name] = units[index.unit(row)]
    assert found == {"Ada": "West", "Bob": "East", "Zoé": "East"}
    book = registrar_folder.load_book(Path("out"), key)
    assert book.active == parse_frozen(Path("out/roll.jsonl").read_bytes()).count == 3


def test_a_frozen_roll_is_taken_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("freeze", "roll.csv", "--out", "frozen.jsonl") == 0
    frozen = parse_frozen(Path("frozen.jsonl").read_bytes())
    assert frozen.fingerprint.hex() in capsys.readouterr().out
    assert run("codes", "frozen.jsonl", "--out", "out", "--passphrase-file", "words") == 0
    assert frozen.fingerprint.hex() in capsys.readouterr().out
    assert Path("out/roll.jsonl").read_bytes() == Path("frozen.jsonl").read_bytes()


def test_no_code_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert codes() == 0
    printed = "".join(capsys.readouterr())
    made = registrar.read_codes_file(Path("out/secret/codes.csv").read_bytes())
    assert not [each.code for each in made if each.code in printed or each.code[:9] in printed]


def test_a_faulty_roll_makes_nothing_and_shows_every_problem(capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"{n % 50},Name {n},\n" for n in range(100))
    Path("roll.csv").write_text("Member number,Name,E-mail\n" + rows + "x,=1+1,\n", encoding="utf-8")
    before = listing()
    assert codes() == 1
    shown = capsys.readouterr().err
    assert "61 more problems are not shown; --problems FILE writes all." in shown
    assert "The roll has 101 problems. Nothing was made" in shown
    assert listing() == before
    assert codes("--problems", "problems.csv") == 1
    with Path("problems.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    assert len(table) == 102
    assert table[-1][:3] == ["102", "“Name”", "“=1+1”"]  # no cell that a spreadsheet would run
    assert not Path("out").exists()


def test_check_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = listing()
    assert run("check", "roll.csv") == 0
    shown = capsys.readouterr()
    assert "3 members, read as UTF-8 with commas between the cells." in shown.err
    assert "no problem" in shown.out
    assert listing() == before


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        (("check", "missing.csv"), 1, "missing.csv: No such file"),
        (("check", "roll.csv", "--encoding", "latin"), 64, "'latin' is not one of"),
        (("codes", "roll.csv", "--out", "x", "--ballot-id", "zz"), 64, "64 hexadecimal digits"),
        (
            ("codes", "roll.csv", "--out", "x", "--units", "category", "--passphrase-file", "words"),
            1,
            "3 members have no category on the roll, the first is number 1",
        ),
        (
            ("codes", "roll.csv", "--out", "x", "--key", "none", "--passphrase-file", "words"),
            1,
            "none: No such",
        ),
        (
            ("codes", "roll.csv", "--out", "x", "--key", "roll.csv", "--passphrase-file", "words"),
            1,
            "not a sealed file",
        ),
        (("codes", "roll.csv", "--out", "x", "--passphrase-file", "roll.csv"), 1, "passphrase is wrong"),
        (("codes", "roll.csv", "--out", "words", "--passphrase-file", "words"), 1, "exists already"),
        (("codes", "roll.csv"), 64, "--out"),
    ],
)
def test_refusals_say_what_and_leave_nothing(
    arguments: tuple[str, ...], exit_code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = listing()
    assert run(*arguments) == exit_code
    assert message in capsys.readouterr().err
    assert listing() == before


def test_a_passphrase_cannot_be_asked_for_without_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        assert run("codes", "roll.csv", "--out", "out") == 1
    assert "use --passphrase-file" in capsys.readouterr().err


def change(command: str, member: str, reason: str, manifest: str = "manifest.json") -> int:
    return run(
        command, "out", "--member", member, "--reason", reason,
        "--manifest", manifest, "--passphrase-file", "words",
    )  # fmt: skip


@pytest.fixture
def ballot(place: Path, key: registrar.RegistrarKey) -> SmallBallot:
    """A ballot whose codes and manifest come from the registrar's folder `out`."""
    made = SmallBallot(place / "ballot", seed="registrar cli")
    made.registrar = key
    people = [registrar.Eligible(str(n), f"Member {n}") for n in range(1, 4)]
    made.issue = registrar.issue_codes(key, made.ballot_id, made.roll, people, made.random)
    registrar_folder.save_issue(Path("out"), key, made.issue, b"", [])
    Path("manifest.json").write_bytes(encode(made.manifest) + b"\n")
    return made


def test_reissue_and_revoke_make_entries_for_the_board(ballot: SmallBallot) -> None:
    """[07.14] Each change follows from those before it."""
    assert change("reissue", "2", "lost") == 0
    assert change("reissue", "2", "undelivered") == 0
    assert change("revoke", "2", "not-eligible") == 0
    first, second, third = (
        read_entry(Path(f"out/changes/{n:04}/entry.json").read_bytes()[:-1], "entry") for n in (1, 2, 3)
    )
    assert isinstance(first, Reissue)
    assert isinstance(second, Reissue)
    assert isinstance(third, Revoke)
    assert first.old == ballot.credential(2).public
    assert (second.old, third.credential) == (first.new, second.new)
    assert first.phi == ballot.manifest.phi
    (delivery,) = registrar.read_codes_file(Path("out/changes/0002/code.csv").read_bytes())
    assert derive(parse_code(delivery.code), ballot.ballot_id).public == second.new
    assert not Path("out/changes/0003/code.csv").exists()
    assert stat.S_IMODE(Path("out/changes/0002/code.csv").stat().st_mode) == 0o600


def test_changes_that_cannot_be_made(ballot: SmallBallot, capsys: pytest.CaptureFixture[str]) -> None:
    other = msgspec.structs.replace(ballot.manifest, ballot_id=bytes(32))
    Path("other.json").write_bytes(encode(other) + b"\n")
    for arguments, message in [
        (("reissue", "4", "lost"), "Member 4 is not on the roll"),
        (("reissue", "2", "lost", "other.json"), "other.json is the manifest of another ballot than out"),
        (("revoke", "2", "withdrawn", "roll.csv"), "roll.csv:"),
    ]:
        assert change(*arguments) == 1
        assert message in capsys.readouterr().err
    assert not Path("out/changes").exists()


def test_a_gap_in_the_changes_is_noticed(ballot: SmallBallot, capsys: pytest.CaptureFixture[str]) -> None:
    assert change("reissue", "2", "lost") == 0
    Path("out/changes/0001").rename("out/changes/0002")
    assert change("reissue", "3", "lost") == 1
    assert "0002 is not change number 1" in capsys.readouterr().err


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.rename"])
def test_a_write_that_fails_leaves_nothing(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not persisted: the disk refuses while the folder is written, or when it is put in place."""

    def refuse(*_arguments: object) -> None:
        raise OSError(28, "No space left on device", "disk")

    before = listing()
    with monkeypatch.context() as broken:
        broken.setattr(step, refuse)
        assert codes() == 1
    assert listing() == before
    assert codes() == 0


def test_a_write_reported_as_failed_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Persisted, but the last step fails: the folder is there, whole, and is not made over."""
    calls = []
    sync = files.sync_folder

    def fail_last(folder: Path) -> None:
        calls.append(folder)
        if folder == Path():
            raise OSError(5, "Input/output error", "disk")
        sync(folder)

    with monkeypatch.context() as broken:
        broken.setattr(files, "sync_folder", fail_last)
        assert codes() == 1
    registrar.check_list(
        registrar_folder.load_signed_list(Path("out")),
        Path("out/public/credentials.txt").read_bytes().splitlines(),
    )
    assert codes() == 1
    assert len(calls) > 1


def test_a_killed_process_leaves_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed on the last step: nothing stands under the name asked for, and the next run is not disturbed."""
    child = os.fork()
    if child == 0:
        monkeypatch.setattr(Path, "rename", lambda _path, _target: os._exit(9))
        codes()
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 9
    assert not Path("out").exists()
    assert codes() == 0


def test_the_commands_of_the_howto_work_as_they_stand(place: Path) -> None:
    """docs/howto/registrar.md, from the first key to the last change, with a passphrase file added."""
    howto = (Path(__file__).parents[2] / "docs" / "howto" / "registrar.md").read_text(encoding="utf-8")
    commands = [
        shlex.split(line) for line in re.findall(r"^    quorate registrar (.*)$", howto, re.MULTILINE)
    ]
    assert [command[0] for command in commands] == ["key", "check", "freeze", "codes", "reissue", "revoke"]
    Path("registrar.key").unlink()
    Path("members.csv").write_text("Member number,Name\n10482,Ada\n10483,Bob\n10484,Cat\n", encoding="utf-8")
    for command in commands:
        if command[0] == "reissue":
            signed = registrar_folder.load_signed_list(Path("strike-2015"))
            other = SmallBallot(place / "ballot").manifest
            listed = Credentials(3, "offline", signed.registrar_key, signed.root, signed.signature)
            manifest = msgspec.structs.replace(other, ballot_id=signed.ballot_id, credentials=listed)
            Path("manifest.json").write_bytes(encode(manifest) + b"\n")
        given = [BALLOT if "..." in word else word for word in command]
        words = [] if command[0] in ("check", "freeze") else ["--passphrase-file", "words"]
        assert run(*given, *words) == 0
    assert Path("strike-2015/changes/0002/entry.json").exists()
