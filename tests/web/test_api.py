"""The public API over the running server: what a booth, a monitor and a stranger get, and cannot do."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from django.conf import settings
from pydantic import BaseModel

from quorate.apps.ballots import live
from quorate.apps.publication.selectors import RESULT_FILES
from quorate.apps.publication.services import publish_reports, store_document
from quorate.board.checkpoint import NO_WITNESSES, open_checkpoint
from quorate.board.keys import VerifierKey
from quorate.board.proof import Receipt
from quorate.crypto.fingerprint import spoken
from quorate.election.office import Office
from quorate.record.canonical import encode
from quorate.record.container import Container
from quorate.record.manifest import Document
from quorate.verify.run import verify
from quorate.web.api import answers
from support.ballots import SmallBallot, line, strike_question, tracker
from support.offices import SetClock, name_of, open_office, running_from, serve_boards, shares_for

YES, NO, BLANK = [(0, [0])], [(0, [1])], [(0, [2])]


@dataclass
class Answer:
    """A response, read to its end."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Api:
    """A ballot on the running server, and a client without cookies."""

    def __init__(self, server: Any, ballot: SmallBallot, office: Office, clock: SetClock) -> None:
        self.ballot, self.office, self.clock, self.name = ballot, office, clock, name_of(ballot)
        self.address = urlsplit(server.url)
        self.log: list[str] = server.log

    def connect(self) -> HTTPConnection:
        return HTTPConnection(self.address.hostname or "", self.address.port, timeout=20)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = self.connect()
        if body is not None:
            headers.setdefault("content_type", "application/json")
        connection.request(
            method, path, body, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        response = connection.getresponse()
        answer = Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        )
        connection.close()
        assert "set-cookie" not in answer.headers
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
        return answer

    def get(self, path: str) -> Answer:
        return self.ask("GET", f"/api/ballots/{self.name}/{path}")

    def post(self, path: str, body: bytes | dict[str, Any], **headers: str) -> Answer:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", f"/api/ballots/{self.name}/{path}", data, **headers)

    def board(self, path: str) -> Answer:
        return self.ask("GET", f"/board/{self.name}/{path}")

    def holder(self, voter: int) -> Answer:
        key = b64encode(self.ballot.credential(voter).public).decode()
        return self.post("credential", {"credential": key})


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime.now(UTC))


@pytest.fixture
def server(_server: Any) -> Any:
    """The running server; nothing here needs its database."""
    return _server


@pytest.fixture
def api(
    server: Any,
    tmp_path: Path,
    clock: SetClock,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Api]:
    """A ballot that opened a minute ago and runs for an hour."""
    ballot = SmallBallot(
        tmp_path, voters=6, seed=request.node.name, change=running_from(clock.now, timedelta(hours=1))
    )
    serve_boards(settings.ENVIRONMENT.boards, clock, monkeypatch)
    office = open_office(ballot, settings.ENVIRONMENT.boards)
    yield Api(server, ballot, office, clock)
    live.stop()
    shutil.rmtree(office.folder)


def shaped(answer: Answer, form: type[BaseModel], status: int = 200) -> Any:
    """The answer, which has exactly the form that /api/docs describes."""
    assert answer.status == status, answer.body
    form.model_validate(answer.json, strict=True)
    assert set(answer.json) == set(form.model_fields)
    return answer.json


def test_a_vote_from_manifest_to_receipt(api: Api) -> None:
    """The whole way of a booth on another origin, with nothing but these answers."""
    manifest = api.get("manifest")
    assert hashlib.sha256(manifest.body.removesuffix(b"\n")).digest() == api.ballot.manifest.phi
    assert "immutable" in manifest.headers["cache-control"]
    assert json.loads(api.get("pins").body)["origin"] == api.ballot.manifest.origin
    status = shaped(api.get("status"), answers.Status)
    assert (status["phase"], status["eligible"], status["ballots"]) == ("open", 6, 0)
    assert "5 of 6 members must vote yes" in status["rules"][0]["needed"][0]
    assert status["rules"][0]["blank"]
    before = shaped(api.holder(1), answers.Holder)
    assert (before["known"], before["active"], before["ballots"]) == (True, True, [])
    assert b64decode(before["latest"]) == bytes(32)
    ballot = api.ballot.vote(1, YES)
    cast = shaped(api.post("ballots", line(ballot)), answers.Cast)
    key = VerifierKey.parse(api.ballot.manifest.log_key)
    proved = Receipt.parse(cast["receipt"].encode()).verify(line(ballot), key, NO_WITNESSES)
    assert proved.index == cast["entry"] == 1
    assert b64decode(cast["tracker"]) == tracker(ballot)
    assert shaped(api.get("status"), answers.Status)["counted_credentials"] == 1
    typed = spoken(tracker(ballot)).lower().replace(" ", "-")
    found = shaped(api.post("tracker", {"tracker": typed}), answers.Tracked)
    assert found == {"fate": "counts", "entry": 1}
    after = shaped(api.holder(1), answers.Holder)
    assert after["ballots"] == [{"tracker": cast["tracker"], "entry": 1, "fate": "counts"}]
    signed = open_checkpoint(after["checkpoint"].encode(), key, NO_WITNESSES)
    assert signed.checkpoint.size == 2


def test_voting_again_and_from_an_old_page(api: Api) -> None:
    first = api.ballot.vote(1, YES)
    api.post("ballots", line(first))
    behind = shaped(api.post("ballots", line(api.ballot.vote(1, NO))), answers.Behind, 409)
    assert b64decode(behind["last"]) == tracker(first)
    again = api.ballot.vote(1, NO, prev=tracker(first))
    assert api.post("ballots", line(again)).status == 200
    assert [own["fate"] for own in api.holder(1).json["ballots"]] == ["replaced", "counts"]


def test_a_lost_reply_is_asked_for_again(api: Api) -> None:
    """B10: the connection breaks after the ballot was sent; the same line gives the same entry, once."""
    one = line(api.ballot.vote(1, YES))
    connection = api.connect()
    connection.request("POST", f"/api/ballots/{api.name}/ballots", one, {"content-type": "application/json"})
    connection.close()
    answers_ = [api.post("ballots", one) for _ in range(3)]
    assert {answer.status for answer in answers_} == {200}
    assert len({answer.json["entry"] for answer in answers_}) == 1
    assert api.get("status").json["ballots"] == 1


def test_the_closing_second_with_a_slow_upload(api: Api) -> None:
    """B9: an upload that began before T and was complete after it is late, and gets no receipt."""
    one = line(api.ballot.vote(1, YES))
    closes = api.office.manifest.window.closes
    end = datetime.fromisoformat(closes)
    connection = api.connect()
    api.clock.now = end - timedelta(seconds=5)
    connection.putrequest("POST", f"/api/ballots/{api.name}/ballots")
    connection.putheader("content-type", "application/json")
    connection.putheader("content-length", str(len(one)))
    connection.endheaders(one[:-1])
    in_time = api.post("ballots", line(api.ballot.vote(2, YES)))
    api.clock.now = end
    connection.send(one[-1:])
    late = connection.getresponse()
    assert (in_time.status, late.status) == (200, 403)
    assert set(json.loads(late.read())) == {"reason"}
    connection.close()
    assert api.get("status").json["phase"] == "closed"
    api.clock.now = end + timedelta(seconds=2)
    live.engine().close_due()
    assert api.get("status").json["counted_credentials"] == 1


def test_a_ballot_that_fails_a_check_is_told_which(api: Api) -> None:
    other = SmallBallot(api.ballot.folder, voters=6, seed="another ballot")
    stranger = line(other.vote(1, YES))
    good = line(api.ballot.vote(1, YES))
    for body, check in (
        (b"", "V1"),
        (b"null", "V1"),
        (b"{" * 60_000, "V1"),
        (good[:-1], "V1"),
        (good.replace(b'":', b'": ', 1), "V1"),
        (b"\xef\xbb\xbf" + good, "V1"),
        (good + b"\n", "V1"),
        (good.replace(b'"ballot"', b'"close"'), "V1"),
        (stranger, "V9"),
    ):
        refused = shaped(api.post("ballots", body), answers.FailedCheck, 422)
        assert refused["check"] == check
        assert refused["reason"]
    assert api.get("status").json["entries"] == 1


@pytest.mark.parametrize("path", ["ballots", "spoils", "credential", "tracker"])
def test_what_is_too_long_or_of_another_kind(api: Api, path: str) -> None:
    assert shaped(api.post(path, b"x" * 65_536), answers.Reason, 413)
    assert api.post(path, b"{}", content_type="text/plain").status == 415
    assert api.post(path, b"{}", content_type="application/x-www-form-urlencoded").status == 415
    assert shaped(
        api.post(path, b"{}"), answers.FailedCheck if path in {"ballots", "spoils"} else answers.Reason, 422
    )
    connection = api.connect()  # a length that is not said beforehand is counted
    connection.request(
        "POST", f"/api/ballots/{api.name}/{path}", (b"x" * 8192 for _ in range(10)), encode_chunked=True,
        headers={"content-type": "application/json", "transfer-encoding": "chunked"},
    )  # fmt: skip
    assert connection.getresponse().status == 413
    connection.close()


def test_only_a_post_does_anything(api: Api) -> None:
    """E7: whoever follows a link, or looks at it first, consumes nothing."""
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH"):
        for path in ("ballots", "spoils", "credential", "tracker"):
            assert api.ask(method, f"/api/ballots/{api.name}/{path}").status == 405
    assert api.get("status").json["entries"] == 1


def test_any_origin_may_ask_before_it_posts(api: Api) -> None:
    answer = api.ask(
        "OPTIONS", f"/api/ballots/{api.name}/ballots", origin="https://booth.example",
        access_control_request_method="POST", access_control_request_headers="content-type",
    )  # fmt: skip
    assert answer.status == 204
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == "content-type"


@pytest.mark.parametrize("name", ["0" * 32, "..", "%2e%2e", "*", "G" * 32, "0" * 64])
def test_there_is_no_such_ballot(api: Api, name: str) -> None:
    for path in ("manifest", "status", "record.zip", "certificate.json", "events"):
        assert api.ask("GET", f"/api/ballots/{name}/{path}").status == 404
    assert api.ask("GET", f"/board/{name}/checkpoint").status == 404


def test_member_and_stranger_get_the_same(api: Api) -> None:
    """E5: an unknown credential is told so with the same status and the same fields."""
    member, stranger = api.holder(1), api.post("credential", {"credential": b64encode(bytes(32)).decode()})
    assert member.status == stranger.status == 200
    assert set(member.json) == set(stranger.json)
    assert (stranger.json["known"], stranger.json["active"]) == (False, False)
    for wrong in ({}, {"credential": ""}, {"credential": "AA=="}, {"credential": 1}, {"Credential": "x"}):
        assert api.post("credential", wrong).status == 422
    assert api.post("tracker", {"tracker": "0" * 32}).status == 404
    assert api.post("tracker", {"tracker": "0" * 31}).status == 422


def test_every_choice_looks_the_same_on_the_wire(api: Api) -> None:
    """B15: lines of one length, and answers of one length."""
    lines = [line(api.ballot.vote(voter, choice)) for voter, choice in ((1, YES), (2, NO), (3, BLANK))]
    assert len(set(map(len, lines))) == 1
    sizes = set()
    for one in lines:
        cast = api.post("ballots", one)
        found = api.post("tracker", {"tracker": spoken(b64decode(cast.json["tracker"]))})
        sizes.add((len(json.dumps({**cast.json, "receipt": ""})), len(found.body)))
    assert len(sizes) == 1


def test_a_spoiled_ballot(api: Api) -> None:
    ballot = api.ballot.vote(1, YES)
    spoil = encode(api.ballot.spoiled(api.ballot.credential(1), tracker(ballot)))
    first = shaped(api.post("spoils", spoil), answers.Cast)
    assert shaped(api.post("spoils", spoil), answers.Cast)["entry"] == first["entry"]
    assert shaped(api.post("ballots", line(ballot)), answers.FailedCheck, 422)["check"] == "V13"
    assert api.post("tracker", {"tracker": spoken(tracker(ballot))}).json["fate"] == "spoiled"


def test_events_arrive_as_they_happen(api: Api) -> None:
    connection = api.connect()
    connection.request("GET", f"/api/ballots/{api.name}/events")
    response = connection.getresponse()
    assert response.getheader("content-type") == "text/event-stream"
    assert _event(response)["ballots"] == 0
    api.post("ballots", line(api.ballot.vote(1, YES)))
    assert _event(response)["ballots"] == 1
    response.close()
    connection.close()


def _event(response: HTTPResponse) -> Any:
    assert response.readline() == b"event: status\n"
    data = response.readline()
    assert response.readline() == b"\n"
    return json.loads(data.removeprefix(b"data: "))


def test_the_board_as_tiles(api: Api) -> None:
    for voter in (1, 2, 3):
        api.post("ballots", line(api.ballot.vote(voter, YES)))
    note = api.board("checkpoint")
    assert note.headers["content-type"] == "text/plain; charset=utf-8"
    signed = open_checkpoint(note.body, VerifierKey.parse(api.ballot.manifest.log_key), NO_WITNESSES)
    assert signed.checkpoint.size == 4
    entries = api.board("tile/entries/000.p/4")
    assert entries.body.count(b'"type":"ballot"') == 3
    leaves = api.board("tile/0/000.p/4")
    assert len(leaves.body) == 4 * 32
    for tile in (entries, leaves):
        assert tile.headers["content-type"] == "application/octet-stream"
        assert "immutable" in tile.headers["cache-control"]
    for path in (
        "tile/0/000",
        "tile/0/000.p/5",
        "tile/64/000.p/1",
        "tile/00/000.p/1",
        "tile/1/000.p/1",
        "tile/entries/0",
    ):
        assert api.board(path).status == 404
    assert api.ask("POST", f"/board/{api.name}/checkpoint", b"{}").status == 405


def test_result_and_record_are_withheld_and_then_released(api: Api, tmp_path: Path) -> None:
    """Before release the public has neither shares nor result; afterwards the download verifies by itself."""
    for voter in range(1, 6):
        api.post("ballots", line(api.ballot.vote(voter, YES)))
    api.clock.now += timedelta(hours=2)
    live.engine().close_due()
    closed = _record(api, tmp_path / "closed.zip")
    with Container(closed) as container:
        assert verify(container, pins=api.ballot.pins, until="close").ok
    shares = shares_for(api.ballot, api.office, tmp_path)
    live.engine().do(api.name, lambda office: office.count(shares))
    assert api.get("status").json["phase"] == "withheld"
    assert _record(api, tmp_path / "withheld.zip").read_bytes() == closed.read_bytes()
    for name in RESULT_FILES:
        assert shaped(api.get(name), answers.Reason, 404)
    assert b'"share"' not in api.board("tile/entries/000.p/7").body
    assert api.board("tile/entries/000.p/8").status == 404

    def release(office: Office) -> None:
        office.release()
        publish_reports(office)

    live.engine().do(api.name, release)
    assert api.get("status").json["phase"] == "released"
    with Container(_record(api, tmp_path / "released.zip")) as container:
        report = verify(container, pins=api.ballot.pins)
    assert report.ok
    assert report.certificate is not None
    bodies = {name: api.get(name).body for name in RESULT_FILES}
    assert bodies["certificate.json"] == encode(report.certificate) + b"\n"
    assert bodies["certificate.pdf"].startswith(b"%PDF")
    assert b"5 members voted yes" in bodies["report.txt"]


def _record(api: Api, path: Path) -> Path:
    answer = api.get("record.zip")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/zip"
    assert zipfile.is_zipfile(io.BytesIO(answer.body))
    path.write_bytes(answer.body)
    return path


def test_neither_addresses_nor_codes_are_logged(api: Api) -> None:
    """E8, E12: a line says the pattern of the route and the status; nothing of body, path or peer."""
    api.log.clear()
    one = line(api.ballot.vote(1, YES))
    api.post("ballots", one)
    api.post("ballots", b"broken")
    api.post("tracker", {"tracker": spoken(bytes(32))})
    api.holder(1)
    told = "".join(api.log)
    assert "/api/ballots/<ballot>/ballots" in told
    key = b64encode(api.ballot.credential(1).public).decode()
    for secret in ("127.0.0.1", api.name, key, spoken(bytes(32)), one.decode()[:40], "broken"):
        assert secret not in told


def test_the_api_describes_itself_without_asking_anybody_else(api: Api) -> None:
    described = api.ask("GET", "/api/openapi.json").json
    paths = {path.rsplit("/", 1)[1] for path in described["paths"]}
    wanted = "manifest pins credentials status credential ballots spoils tracker events record.zip"
    assert set(wanted.split()) <= paths
    page = api.ask("GET", "/api/docs").body.decode()
    assert "http://" not in page.replace(api.address.geturl(), "")
    assert "https://" not in page


def test_documents_by_their_fingerprint(
    server: Any, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What voters decide on is served by its SHA-256, and only what the manifest names can be stored."""
    text = b"The agreement, article 1"
    named = Document("Agreement", hashlib.sha256(text).digest(), len(text))
    question = msgspec.structs.replace(strike_question(), documents=(named,))
    window = running_from(clock.now, timedelta(hours=1))
    ballot = SmallBallot(tmp_path, questions=(question,), seed="documents", change=window)
    serve_boards(settings.ENVIRONMENT.boards, clock, monkeypatch)
    office = open_office(ballot, settings.ENVIRONMENT.boards)
    api = Api(server, ballot, office, clock)
    stored = store_document(office, text)
    with pytest.raises(ValueError, match="none of the documents"):
        store_document(office, text + b".")
    found = api.get(f"documents/{stored}")
    assert (found.status, found.body) == (200, text)
    assert found.headers["content-type"] == "application/octet-stream"
    for other in ("0" * 64, stored.upper(), "..", "%2e%2e%2fpins.json"):
        assert api.get(f"documents/{other}").status == 404
    live.stop()
    shutil.rmtree(office.folder)
