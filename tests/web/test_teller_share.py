"""Tellers hand in their shares through their own pages: what is taken, what is refused, and what is inert."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from quorate.apps.ballots import live, selectors
from quorate.apps.ballots.shares import MOST_BYTES
from quorate.record.canonical import encode
from quorate.record.entries import read_entry
from support.offices import SetClock, serve_boards
from support.running import OPENS, Held


@pytest.fixture
def held(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    clock = SetClock(OPENS + timedelta(hours=4))
    serve_boards(settings.ENVIRONMENT.boards, clock, monkeypatch)
    made = Held(tmp_path, clock)
    yield made
    made.leave()


def page(client: Client, held: Held, teller: int, token: str, **more: Any) -> tuple[int, str]:
    answer = client.post(f"/teller/{held.ballot.name}", {"token": token, **more})
    return answer.status_code, answer.content.decode()


def send(client: Client, held: Held, token: str, data: bytes, name: str = "share.json") -> tuple[int, str]:
    return page(client, held, 0, token, action="share", share=SimpleUploadedFile(name, data))


def files(held: Held) -> set[str]:
    """Everything that the server keeps, by path."""
    return {str(path) for path in settings.ENVIRONMENT.data.rglob("*") if path.is_file()}


def test_from_closing_to_the_count(held: Held, client: Client) -> None:
    held.open()
    token = held.link(1)
    status, text = page(client, held, 1, token)
    assert status == 200
    assert "Voting closes" in text
    assert "Your share" not in text
    held.vote([0, 0, 1])
    held.close()
    status, text = page(client, held, 1, token)
    assert "quorate teller decrypt my-key" in text
    assert selectors.closing_fingerprint(held.ballot) in text
    status, text = send(client, held, token, held.share_line(1))
    assert status == 200, text
    assert "Your share is here" in text
    assert selectors.shares_in(held.ballot) == (1,)
    held.share(3)
    held.ballot.refresh_from_db()
    status, text = page(client, held, 1, token)
    assert "Your share is here" in text


def test_refusals_are_named(held: Held, client: Client) -> None:
    """Too early, of another teller, of another ballot, changed, no share at all."""
    held.open()
    token = held.link(1)
    held.vote([0, 0, 1])
    status, text = send(client, held, token, encode(held.small.notice("Hello")))
    assert (status, "not a share" in text) == (422, True)
    held.close()
    mine = held.share_line(1)
    status, text = send(client, held, token, held.share_line(2))
    assert (status, "share of teller 2" in text) == (422, True)
    share: Any = read_entry(mine.strip(), "share")
    bent = encode(type(share)(**{**fields(share), "signature": bytes(64)}))
    status, text = send(client, held, token, bent)
    assert (status, "signature" in text) == (422, True)
    for data in (b"", b"{}", b"\x00" * 100, mine.replace(b'"type"', b'"Type"')):
        status, text = send(client, held, token, data)
        assert status == 422, text
        assert "decrypt wrote" in text
    assert page(client, held, 1, token, action="share")[0] == 422
    assert page(client, held, 1, "wrong", action="share")[0] == 403
    assert selectors.shares_in(held.ballot) == ()
    assert send(client, held, token, mine)[0] == 200
    assert send(client, held, token, mine)[0] == 200, "the same again is taken again"


def fields(entry: Any) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in entry.__struct_fields__}


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("share.json", b"0" * 50_000_000)
        bundle.writestr("../../../etc/cron.d/share", b"* * * * * root id")
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("share.json", bomb()),
        ("../../../../tmp/share.json", b"{}"),
        ("..\\..\\share.json", b"{}"),
        ("share.json; touch x", b"$(touch x)"),
        ("share-1.json\x00.exe", b"{}"),
        ("<img src=x onerror=alert(1)>.json", b"<script>alert(1)</script>"),
        ("deep.json", b"[" * 60_000),
        ("large.json", b" " * (MOST_BYTES + 1)),
    ],
    ids=["zip bomb", "traversal", "backslashes", "shell", "null byte", "script", "depth", "size"],
)
def test_hostile_files_are_inert(held: Held, client: Client, name: str, data: bytes) -> None:
    """W1, W2: refused in words, nothing unpacked, nothing written, nothing echoed as markup."""
    held.open()
    token = held.link(1)
    held.vote([0, 0])
    held.close()
    before = files(held)
    status, text = send(client, held, token, data, name)
    assert status in {413, 422}
    assert files(held) == before
    assert "<script>alert" not in text
    assert "onerror=alert" not in text
    assert live.engine().desk(held.ballot.name).office.shares() == []


def test_a_void_ballot_wants_no_share(held: Held, client: Client) -> None:
    held.open()
    token = held.link(1)
    held.vote([0, 0, 1])
    held.close()
    mine = held.share_line(1)
    held.event("void", "The question was wrong")
    _status, text = page(client, held, 1, token)
    assert "declared void" in text
    assert send(client, held, token, mine)[0] == 422
    assert selectors.shares_in(held.ballot) == ()
