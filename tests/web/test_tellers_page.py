"""A teller's page: the personal link, the rounds handed in through it, and what it refuses."""

from __future__ import annotations

import dataclasses
import io
import secrets
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from quorate.apps.ballots import services, tellers
from quorate.apps.ballots.ceremony_state import ceremony_state
from quorate.apps.ballots.errors import NotAllowed, UnknownTeller
from quorate.apps.ballots.models import Ballot, TellerSeat
from quorate.crypto.ceremony import round1
from quorate.election.ceremony_folder import Folder
from quorate.election.draft import Draft
from quorate.election.teller import Teller, rehearse_backup
from quorate.record.ceremony import check_ceremony
from support.officers import Union, two_officers

NAMES = ("Ana", "Ben", "Cho")
PHRASE = "a long passphrase"


@dataclass
class Seat:
    """A teller with a device of its own: a copy of the shared folder that is unpacked from the site's zip."""

    site: Ceremony
    number: int
    token: str
    home: Path

    @property
    def shared(self) -> Folder:
        return Folder.read(self.home / "ceremony")

    def post(self, **more: Any) -> Any:
        return self.site.client.post(self.site.address, {"token": self.token, **more})

    def download(self) -> None:
        answer = self.post(action="download")
        assert answer.status_code == 200
        zipfile.ZipFile(io.BytesIO(answer.content)).extractall(self.home)

    def hand_in(self, *paths: Path) -> Any:
        files = [SimpleUploadedFile(path.name, path.read_bytes()) for path in paths]
        return self.post(action="upload", files=files)

    def round1(self) -> Path:
        self.download()
        return Teller.start(self.home / "my-key", self.shared, self.number, PHRASE).commit(self.shared)

    def round2(self) -> Path:
        self.download()
        state = ceremony_state(self.site.ballot)
        assert state is not None
        assert state.gamma is not None
        return self.teller.reveal(self.shared, state.gamma)

    def round3(self) -> Path:
        self.download()
        return self.teller.confirm(self.shared)

    def rehearsals(self) -> tuple[Path, Path]:
        self.download()
        backup = self.home / "backup.json"
        self.teller.backup(backup, PHRASE)
        return self.teller.rehearse(self.shared), rehearse_backup(backup, self.shared, PHRASE)

    @property
    def teller(self) -> Teller:
        return Teller.open(self.home / "my-key", PHRASE)


class Ceremony:
    """A drafted ballot whose tellers have their links."""

    def __init__(self, client: Client, union: Union, folder: Path) -> None:
        self.client, self.union = client, union
        self.ballot: Ballot = services.create_ballot(
            organisation="example", title="Strike", by=union.ann.account
        )
        content = Draft(
            "Example Union", "All members", "Strike", "help", "America/Chicago", "", "", "", "localhost", (),
            tellers=NAMES, threshold=2,
        )  # fmt: skip
        services.save_draft(ballot=self.ballot, content=content, base=0, by=union.ann.account)
        self.seats = self.begin(folder)

    def begin(self, folder: Path) -> list[Seat]:
        made = tellers.begin_ceremony(ballot=self.ballot, by=self.union.ann.account)
        self.address = made[0].path.split("#")[0]
        return [Seat(self, link.number, link.path.split("#")[1], folder / f"{link.number}") for link in made]

    def round(self, name: str) -> None:
        for seat in self.seats:
            made = getattr(seat, name)()
            answer = seat.hand_in(*(made if isinstance(made, tuple) else (made,)))
            assert answer.status_code == 200, answer.content.decode()


@pytest.fixture
def ceremony(client: Client, db: None, tmp_path: Path) -> Ceremony:
    return Ceremony(client, two_officers(), tmp_path)


def test_three_tellers_make_a_key_through_their_pages(ceremony: Ceremony) -> None:
    first, second, third = ceremony.seats
    assert "quorate teller round1 my-key ceremony --teller 2" in second.post().content.decode()
    ceremony.round("round1")
    state = ceremony_state(ceremony.ballot)
    assert state is not None
    assert state.gamma is not None
    page = first.post().content.decode()
    assert state.gamma in page
    assert "round2 my-key ceremony" in page
    ceremony.round("round2")
    ceremony.round("round3")
    with pytest.raises(NotAllowed, match="rehearsed"):
        tellers.ceremony_line(ceremony.ballot)
    ceremony.round("rehearsals")
    verified = check_ceremony(tellers.ceremony_line(ceremony.ballot))
    assert (verified.names, verified.threshold) == (NAMES, 2)
    assert "Your key is made and rehearsed." in third.post().content.decode()


def test_a_link_is_a_secret_that_is_kept_hashed(ceremony: Ceremony) -> None:
    token = ceremony.seats[0].token
    assert tellers.teller_of(ceremony.ballot, token).number == 1
    assert token not in "".join(TellerSeat.objects.values_list("token", flat=True))
    for wrong in ("", token[:-1], secrets.token_urlsafe(24)):
        with pytest.raises(UnknownTeller):
            tellers.teller_of(ceremony.ballot, wrong)
        assert ceremony.client.post(ceremony.address, {"token": wrong}).status_code == 403
    new = tellers.renew_link(ballot=ceremony.ballot, number=1, by=ceremony.union.ann.account)
    with pytest.raises(UnknownTeller):
        tellers.teller_of(ceremony.ballot, token)
    assert tellers.teller_of(ceremony.ballot, new.path.split("#")[1]).number == 1


def test_a_link_of_one_ballot_opens_no_other(ceremony: Ceremony) -> None:
    other = services.copy_ballot(ballot=ceremony.ballot, by=ceremony.union.ann.account)
    with pytest.raises(UnknownTeller):
        tellers.teller_of(other, ceremony.seats[0].token)


def test_following_a_link_consumes_nothing_and_sets_no_cookie(ceremony: Ceremony) -> None:
    """E7: GET and HEAD, as a mail scanner does."""
    for _ in range(2):
        answer = ceremony.client.get(ceremony.address)
        assert answer.status_code == 200
        assert not answer.cookies
        assert "no-store" in answer.headers["Cache-Control"]
    assert ceremony.client.head(ceremony.address).status_code == 200
    assert ceremony.seats[0].post().status_code == 200


def test_a_second_different_file_is_refused(ceremony: Ceremony, tmp_path: Path) -> None:
    """K10: 409, and the first stays; the same file again is taken."""
    first = ceremony.seats[0]
    sent = first.round1()
    assert first.hand_in(sent).status_code == 200
    kept = sent.read_bytes()
    assert first.hand_in(sent).status_code == 200
    other = Seat(ceremony, 1, first.token, tmp_path / "elsewhere")
    other.download()
    (other.home / "ceremony" / "round1-1.json").unlink()
    answer = other.hand_in(Teller.start(other.home / "my-key", other.shared, 1, PHRASE).commit(other.shared))
    assert answer.status_code == 409
    assert "somebody else has your link" in answer.content.decode()
    first.download()
    assert sent.read_bytes() == kept


def test_what_a_teller_may_not_hand_in(ceremony: Ceremony, tmp_path: Path) -> None:
    first, second, _third = ceremony.seats
    made = first.round1()
    stray = tmp_path / "notes.json"
    stray.write_bytes(b"{}\n")
    for seat, path, words in (
        (second, made, "message of teller 1"),
        (first, stray, "into the ceremony folder"),
    ):
        answer = seat.hand_in(path)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert first.post(action="upload").status_code == 422
    assert first.hand_in(made).status_code == 200
    early = first.home / "ceremony" / "definition.json"
    assert first.hand_in(early).status_code == 422


def test_a_bad_share_ends_it_and_names_the_culprit(ceremony: Ceremony, tmp_path: Path) -> None:
    """K2: a polynomial unlike its earlier hash: every page says so, and another ceremony can begin."""
    ceremony.round("round1")
    ceremony.seats[0].hand_in(ceremony.seats[0].round2())
    cheat = ceremony.seats[1]
    cheat.download()
    honest = cheat.teller
    other = round1.derive(honest.context, 2, secrets.token_bytes(32))
    honest.secret = dataclasses.replace(
        honest.secret, coefficients=other.coefficients, commitments=other.commitments
    )
    state = ceremony_state(ceremony.ballot)
    assert state is not None
    assert state.gamma is not None
    assert cheat.hand_in(honest.reveal(cheat.shared, state.gamma)).status_code == 200
    third = ceremony.seats[2]
    third.hand_in(third.round2())
    page = third.post().content.decode()
    assert "There can be no key. Stop." in page
    assert "teller 2 (Ben)" in page
    why = tellers.abandon_ceremony(ballot=ceremony.ballot, by=ceremony.union.ann.account)
    assert "teller 2 (Ben)" in why
    assert third.post().status_code == 403, "old links are dead"
    ceremony.seats = ceremony.begin(tmp_path / "again")
    for name in ("round1", "round2", "round3", "rehearsals"):
        ceremony.round(name)
    check_ceremony(tellers.ceremony_line(ceremony.ballot))
