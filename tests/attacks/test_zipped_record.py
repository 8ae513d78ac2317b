"""Attacker: whoever sends somebody a record to verify. Wish: files written where they do not belong, a
full disk, a verifier that looks at other files than people do, or a crash (Washington DC 2010).

Stopped by: a zip is unpacked by the exact names of a record's files, each once, none larger than its
packed size explains [08.32]; whatever is damaged is a RecordError.
"""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest

from quorate.record.canonical import RecordError
from quorate.record.container import FILES, Container
from quorate.verify.run import NoManifest, verify
from support.ballots import SmallBallot


def zipped(path: Path, files: list[tuple[str, bytes]], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as bundle:
        for name, data in files:
            bundle.writestr(zipfile.ZipInfo(name), data, compression)
    return path


def record_files(ballot: SmallBallot, folder: str = "") -> list[tuple[str, bytes]]:
    return [(folder + name, (ballot.record / name).read_bytes()) for name in FILES]


@pytest.mark.parametrize("folder", ["", "record/", "a/b/c/"])
@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_zip_verifies_like_its_folder(
    plain: SmallBallot, tmp_path: Path, folder: str, compression: int
) -> None:
    extra = [(f"{folder}certificate.pdf", b"%PDF"), (f"{folder}photos/x.png", b"")]
    path = zipped(tmp_path / "record.zip", record_files(plain, folder) + extra, compression)
    with Container(path) as container:
        root = container.root
        assert sorted(file.name for file in root.iterdir()) == sorted(FILES)
        assert verify(container, pins=plain.pins).ok
    assert not root.exists(), "what was unpacked is removed"


NAMES = ["../evil", "/evil-at-the-root", "C:\\evil", "..\\evil", "record/../../evil", "."]


@pytest.mark.parametrize("name", NAMES)
def test_names_that_lead_elsewhere_are_not_followed(plain: SmallBallot, tmp_path: Path, name: str) -> None:
    path = zipped(
        tmp_path / "record.zip", [*record_files(plain), (name, b"evil"), (f"{name}/entries.jsonl", b"evil")]
    )
    before = set(tmp_path.parent.rglob("*evil*"))
    with Container(path) as container:
        assert sorted(file.name for file in container.root.iterdir()) == sorted(FILES)
        assert verify(container, pins=plain.pins).ok
    assert set(tmp_path.parent.rglob("*evil*")) == before
    assert not Path("/evil-at-the-root").exists()


def test_a_link_is_a_file_with_strange_content(plain: SmallBallot, tmp_path: Path) -> None:
    path = tmp_path / "record.zip"
    with zipfile.ZipFile(path, "w") as bundle:
        for name, data in record_files(plain)[:-1]:
            bundle.writestr(name, data)
        link = zipfile.ZipInfo("certificate.json")
        link.external_attr = 0o120777 << 16
        bundle.writestr(link, "/etc/passwd")
    with Container(path) as container:
        assert not (container.root / "certificate.json").is_symlink()
        assert {"V1", "V20", "V21"} == {finding.check for finding in verify(container).findings}


@pytest.mark.parametrize("name", FILES)
def test_a_file_twice(plain: SmallBallot, tmp_path: Path, name: str) -> None:
    """One program reads the first, another the last."""
    with pytest.warns(UserWarning, match="Duplicate"):
        path = zipped(tmp_path / "record.zip", [*record_files(plain), (name, b"{}\n")])
    with pytest.raises(RecordError, match="twice|more than one"):
        Container(path)


def test_two_records_in_one_zip(plain: SmallBallot, tmp_path: Path) -> None:
    path = zipped(tmp_path / "record.zip", record_files(plain, "a/") + record_files(plain, "b/"))
    with pytest.raises(RecordError, match="more than one"):
        Container(path)


@pytest.mark.parametrize("name", FILES)
def test_a_bomb(plain: SmallBallot, tmp_path: Path, name: str) -> None:
    """Much of one letter in a small file: refused before a byte of it is written."""
    files = dict(record_files(plain)) | {name: b" " * (8 * 2**20)}
    path = zipped(tmp_path / "record.zip", list(files.items()))
    assert path.stat().st_size < 2**18
    with pytest.raises(RecordError, match="would unpack to"):
        Container(path)


def test_no_record_at_all(plain: SmallBallot, tmp_path: Path) -> None:
    empty, text, other = tmp_path / "empty.zip", tmp_path / "text.zip", tmp_path / "other.zip"
    with zipfile.ZipFile(empty, "w"):
        pass
    text.write_text("no zip", encoding="utf-8")
    zipped(other, record_files(plain)[1:])
    for path in (empty, text, other, tmp_path / "nothing"):
        with pytest.raises(RecordError):
            Container(path)


def test_encrypted_entries_are_refused(plain: SmallBallot, tmp_path: Path) -> None:
    data = bytearray(zipped(tmp_path / "record.zip", record_files(plain)).read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    path = tmp_path / "secret.zip"
    path.write_bytes(data)
    with pytest.raises(RecordError, match="damaged"):
        Container(path)


def test_damaged_zips(plain: SmallBallot, tmp_path: Path) -> None:
    """Single flipped bits and cuts: refused by name, or harmless; never a crash."""
    whole = zipped(tmp_path / "record.zip", record_files(plain)).read_bytes()
    draw = random.Random(2015)  # noqa: S311  # which bit, not a secret
    path, refused = tmp_path / "damaged.zip", 0
    for number in range(90):
        data = bytearray(whole)
        if number % 10:
            at = draw.randrange(len(data))
            data[at] ^= 1 << draw.randrange(8)
        else:
            data = data[: draw.randrange(len(data))]
        path.write_bytes(data)
        try:
            with Container(path) as container:
                verify(container)
        except RecordError:
            refused += 1
    assert refused > 60


@pytest.mark.parametrize("name", FILES)
def test_files_that_are_missing_cut_or_something_else(plain: SmallBallot, tmp_path: Path, name: str) -> None:
    """A folder of which one file is gone, cut, without its end, empty, or a folder: findings, never a
    crash.
    """
    whole = (plain.record / name).read_bytes()
    shown: list[bytes | None] = [
        None,
        b"",
        b"\n",
        whole[:-1],
        whole[:-7],
        whole + b"\n",
        b"\xff\xfe\n",
    ]
    for number, data in enumerate([*shown, whole.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + whole]):
        folder = tmp_path / str(number)
        folder.mkdir()
        for other, content in record_files(plain):
            (folder / other).write_bytes(content)
        (folder / name).unlink()
        if data is not None:
            (folder / name).write_bytes(data)
        elif name != "manifest.json":
            (folder / name).mkdir()
        with Container(folder) as container:
            if name == "manifest.json":
                with pytest.raises(NoManifest):
                    verify(container)
            else:
                fired = {finding.check for finding in verify(container).findings}
                # an empty list or board has no bad line: that it is too short is found by others
                assert "V1" in fired or (data == b"" and fired & {"V4", "V8"})
