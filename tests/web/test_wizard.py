"""The wizard step by step: what each saves, what each refuses, and what the later of two officers is told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from secrets import token_bytes
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from quorate.apps.ballots import live, selectors
from quorate.apps.ballots.codes import codes_of
from quorate.apps.ballots.labels import LabelProblem, check_labels, clean_label
from quorate.apps.ballots.models import AuditEvent, Ballot
from quorate.apps.ballots.opening import checklist
from quorate.apps.ballots.panel import panel_of, rule_problem
from quorate.apps.ballots.public import public_ballots
from quorate.apps.organisation.roll_reading import folder
from quorate.election.draft import Draft, DraftOption, DraftQuestion
from quorate.election.registrar import Eligible, issue_codes, new_key
from quorate.record.canonical import encode
from quorate.roll.frozen import parse_frozen
from support.officers import Union, new_officer, sign_in, two_officers
from support.rolls import freeze

YES_NO = (DraftOption("yes", "Yes"), DraftOption("no", "No"))


class Wizard:
    """An officer at the wizard of one ballot."""

    def __init__(self, client: Client, union: Union) -> None:
        self.client, self.union = client, union
        sign_in(client, union.ann)
        answer = client.post("/officer/example/ballots/new", {"title": "Strike authorisation"})
        assert answer.status_code == 302
        self.ballot = Ballot.objects.get()
        self.home = f"/officer/example/ballots/{self.ballot.name}/"

    @property
    def draft(self) -> Draft:
        return self.found[1]

    @property
    def found(self) -> tuple[int, Draft]:
        found = selectors.latest_draft(self.ballot)
        assert found is not None
        return found

    def post(self, step: str, base: int | None = None, **fields: Any) -> Any:
        data = {"base": self.found[0] if base is None else base, **fields}
        return self.client.post(f"{self.home}draft/{step}", data)

    def save(self, step: str, **fields: Any) -> None:
        answer = self.post(step, **fields)
        assert answer.status_code == 302, answer.content.decode()

    def page(self, step: str) -> str:
        answer = self.client.get(f"{self.home}draft/{step}")
        assert answer.status_code == 200
        return str(answer.content.decode())

    def answers(self, **more: Any) -> dict[str, Any]:
        return {"kind": "yes-no", "yes": "Yes, authorise a strike", "no": "No", "blank": "blank",
                "blank_label": "Blank", **more}  # fmt: skip

    def voters(self, roll: str, **more: Any) -> dict[str, Any]:
        return {"roll": roll, "units": "none", "group_limit": 5, "registrar": "hosted", **more}


@pytest.fixture
def wizard(client: Client, db: None) -> Iterator[Wizard]:
    live.stop()
    yield Wizard(client, two_officers())
    live.stop()
    shutil.rmtree(folder(settings.ENVIRONMENT.data), ignore_errors=True)


def test_a_draft_grows_step_by_step(wizard: Wizard) -> None:
    """Every save is a version; the panel says what the rule asks of this roll, never typed."""
    roll = freeze(wizard.union, members=40)
    wizard.save("details", title="Strike authorisation", contact="312-555-0100")
    wizard.save("question", text="Shall we strike?\n\nThe board's offer is **12%** less.")
    wizard.save("answers", **wizard.answers())
    assert "The numbers appear when a frozen roll is chosen" in wizard.page(
        "rule"
    ) or "select" in wizard.page("rule")
    wizard.save("rule", rule="us-il-art34-strike", notice="", present="")
    wizard.save("voters", **wizard.voters(roll.fingerprint))
    page = wizard.page("rule")
    assert '<strong class="figure">30</strong> yes votes needed of 40.' in page
    assert "Fails if 11 or more vote no, leave it blank or do not vote." in page
    assert "115 ILCS 5/13" in page
    wizard.save("window", zone="America/Chicago", opens="2036-12-09T08:00", closes="2036-12-11T17:00")
    assert "Tue 9 Dec 2036, 08:00 Chicago (14:00 UTC)" in wizard.page("window")
    wizard.save("tellers", names="Ana\nBen\nCho", threshold=2)
    messages = wizard.page("messages")
    assert "At least 30 of 40 members must vote yes." in messages
    assert "Sending is a later part" in messages
    assert "Yes, authorise a strike" in wizard.page("preview")
    draft = wizard.draft
    assert (draft.body, draft.tellers, draft.threshold) == ("All members", ("Ana", "Ben", "Cho"), 2)
    history = wizard.client.get(f"{wizard.home}versions").content.decode()
    assert "question 1 rule" in history
    home = wizard.client.get(wizard.home).content.decode()
    assert "The voting codes are not made yet." in home
    assert "block opening" in home
    blocked = [line.title for line in checklist(wizard.ballot, draft, ()) if line.state == "blocked"]
    assert blocked == ["Tellers' key", "Voting codes", "Officers who sign"]


@pytest.mark.parametrize(
    ("opens", "words"),
    [
        ("2036-03-09T02:30", "does not exist in America/Chicago"),
        ("2036-11-02T01:30", "happens twice in America/Chicago"),
        ("tomorrow", "write a local time"),
        ("2036-12-24T08:00", "close after it opens"),
    ],
)
def test_times_that_are_no_times_are_refused(wizard: Wizard, opens: str, words: str) -> None:
    """O2: gaps and overlaps of the clocks."""
    before = wizard.found[0]
    answer = wizard.post("window", zone="America/Chicago", opens=opens, closes="2036-12-11T17:00")
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert wizard.found[0] == before


@pytest.mark.parametrize(
    ("yes", "no", "words"),
    [
        ("Yes", "Yеs", "mixes letters"),  # the second has a Cyrillic e
        ("АСТ", "ACT", "look alike"),  # the first is Cyrillic
        ("Yes", "Ye\u202es", "invisible sign U+202E"),
        ("Yes", "YES ", "look alike"),
        ("Option 1", "Option l", "look alike"),
        ("Yes", "Yes", "stands there twice"),
        ("\u200bYes", "No", "invisible sign U+200B"),
    ],
)
def test_labels_that_deceive_are_refused(wizard: Wizard, yes: str, no: str, words: str) -> None:
    """E4: with the reason, at draft time."""
    answer = wizard.post("answers", **wizard.answers(yes=yes, no=no))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert wizard.draft.question[0].options == ()


@pytest.mark.parametrize(
    "labels", [("Ja", "Nein", "Enthaltung"), ("是", "否"), ("Да", "Нет"), ("A. Lee", "B. Lee")]
)
def test_honest_labels_pass(labels: tuple[str, ...]) -> None:
    check_labels([clean_label(label) for label in labels])


def test_a_label_that_reorders_is_shown_unharmed() -> None:
    with pytest.raises(LabelProblem, match=r"\[U\+202E\]"):
        clean_label("Ye\u202es")


def test_a_rule_that_cannot_be_decided_is_refused_with_the_reason(wizard: Wizard) -> None:
    wizard.save("question", text="Rescind?")
    wizard.save("answers", **wizard.answers())
    answer = wizard.post("rule", rule="ronr-rescind", notice="", present="")
    assert answer.status_code == 422
    assert "whether notice of the motion was given" in answer.content.decode()
    wizard.save("rule", rule="ronr-rescind", notice="yes", present="")
    assert wizard.draft.question[0].notice is True


def test_what_the_panel_says_of_other_rules() -> None:
    half = DraftQuestion("q", "Q?", YES_NO, rule="ronr-majority")
    panel = panel_of(half, 100)
    assert panel is not None
    assert panel.needed == ""
    assert panel.lines
    assert rule_problem(DraftQuestion("q", "Q?", YES_NO, rule="us-il-other-strike"), 100)


def test_several_options_and_choosing_several(wizard: Wizard) -> None:
    wizard.save(
        "answers", **wizard.answers(kind="several", options="Ann Lee\nBob Ray\nCy Orr", minimum=0, maximum=2)
    )
    question = wizard.draft.question[0]
    assert [option.id for option in question.options] == ["ann-lee", "bob-ray", "cy-orr"]
    assert (question.minimum, question.maximum) == (0, 2)
    assert "us-il-art34-strike" not in wizard.page("rule")
    answer = wizard.post("answers", **wizard.answers(kind="several", options="A\nB", minimum=1, maximum=3))
    assert answer.status_code == 422


def test_who_votes_on_a_question(wizard: Wizard) -> None:
    """Retirees do not vote on strikes: the needed number counts those who do."""
    roll = freeze(wizard.union, members=20, retirees=4)
    wizard.save("question", text="Strike?")
    wizard.save("answers", **wizard.answers())
    wizard.save("rule", rule="us-il-art34-strike", notice="", present="")
    wizard.save("voters", **wizard.voters(roll.fingerprint, units="category"))
    assert "Retiree: 4 members" in wizard.page("voters")
    assert "Small groups" in wizard.page("voters")
    wizard.save("voters", **wizard.voters(roll.fingerprint, units="category", electorate_1=["Teacher"]))
    assert wizard.draft.question[0].electorate == ("Teacher",)
    assert '<strong class="figure">12</strong> yes votes needed of 16.' in wizard.page("rule")


def test_the_later_of_two_officers_is_told_and_can_compare(wizard: Wizard) -> None:
    base = wizard.found[0]
    wizard.save("details", title="First title", contact="312-555-0100")
    answer = wizard.post("details", base=base, title="Second title", contact="312-555-0199")
    page = answer.content.decode()
    assert answer.status_code == 409
    for words in (
        "Somebody else changed this draft",
        "First title",
        "Second title",
        "Keep mine on this page",
    ):
        assert words in page
    assert wizard.draft.title == "First title"
    wizard.save("details", title="Second title", contact="312-555-0199")
    assert [version.author for version in selectors.draft_versions(wizard.ballot)] == [
        wizard.union.ann.account
    ] * 3


def test_keeping_mine_leaves_the_other_parts_as_they_are(wizard: Wizard) -> None:
    base = wizard.found[0]
    wizard.save("tellers", names="Ana\nBen", threshold=2)
    assert wizard.post("details", base=base, title="Mine", contact="x").status_code == 409
    wizard.save("details", title="Mine", contact="x")
    assert (wizard.draft.title, wizard.draft.tellers) == ("Mine", ("Ana", "Ben"))


def test_texts_are_attached_by_fingerprint(wizard: Wizard) -> None:
    """W1: names are shown, never used as paths; only the fingerprint is."""
    address = f"{wizard.home}questions/1/texts"
    file = SimpleUploadedFile("../../etc/agree ment.pdf", b"%PDF-1.7 an agreement")
    wizard.client.post(address, {"file": file})
    (document,) = wizard.draft.question[0].documents
    assert document.name == "agree ment.pdf"
    answer = wizard.client.get(f"{wizard.home}texts/{document.sha256}")
    assert answer.content == b"%PDF-1.7 an agreement"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    for name, data in (("a.html", b"<script>"), ("empty.pdf", b"")):
        wizard.client.post(address, {"file": SimpleUploadedFile(name, data)})
    kept = [one.sha256 for one in wizard.draft.question[0].documents]
    wizard.client.post(address, {"drop": document.sha256})
    left = [one.sha256 for one in wizard.draft.question[0].documents]
    assert (kept, left) == ([document.sha256], [])
    assert wizard.client.get(f"{wizard.home}texts/..%2F..%2Fsecret.key").status_code == 404


def test_html_in_a_question_is_inert(wizard: Wizard) -> None:
    """W2: shown as typed, in the booth's words and as Markdown; no link runs a script."""
    text = "<script>alert(1)</script> [x](javascript:alert(1)) ![i](https://elsewhere.example/i.png)"
    wizard.save("question", text=text)
    page = wizard.page("preview")
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert "<img" not in page


def test_more_questions_and_copies(wizard: Wizard) -> None:
    wizard.save("window", zone="America/Chicago", opens="2036-12-09T08:00", closes="2036-12-11T17:00")
    wizard.client.post(f"{wizard.home}questions")
    assert [one.id for one in wizard.draft.question] == ["question-1", "question-2"]
    answer = wizard.client.post(f"{wizard.home}copy")
    name = answer.headers["Location"].split("/")[4]
    copy = selectors.latest_draft(Ballot.objects.get(ballot_id__startswith=name))
    assert copy is not None
    assert (len(copy[1].question), copy[1].opens) == (2, "")
    wizard.client.post(f"{wizard.home}questions/1/remove")
    assert [one.id for one in wizard.draft.question] == ["question-2"]


def test_roles_and_strangers(wizard: Wizard) -> None:
    other = two_officers("other", "Other Union")
    for address in (f"/officer/other/ballots/{wizard.ballot.name}/", f"/officer/other/ballots/{'0' * 32}/"):
        client = Client()
        sign_in(client, other.ann)
        assert client.get(address).status_code == 404
    observer = new_officer(wizard.union.organisation, "observer", "observer")
    client = Client()
    sign_in(client, observer)
    assert client.get(wizard.home).status_code == 200
    assert client.get(f"{wizard.home}draft/details").status_code == 403
    for action in ("codes/make", "codes/hand-over", "prepare", "ceremony", "back", "open"):
        assert client.post(f"{wizard.home}{action}").status_code == 403
        assert wizard.client.get(f"{wizard.home}{action}").status_code == 405


def test_codes_are_downloaded_once_and_that_is_logged(wizard: Wizard) -> None:
    roll = freeze(wizard.union, members=7)
    wizard.save("voters", **wizard.voters(roll.fingerprint))
    wizard.client.post(f"{wizard.home}codes/make")
    first = wizard.client.post(f"{wizard.home}codes/hand-over")
    rows = first.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 8
    number, name, code, link = rows[1].split(",")
    assert (number, name) == ("00001", "Member 1")
    assert link == f"{settings.ENVIRONMENT.origin}/b/{wizard.ballot.name}/vote#{code}"
    assert "no-store" in first.headers["Cache-Control"]
    again = wizard.client.post(f"{wizard.home}codes/hand-over", follow=True)
    assert "no copy was kept" in again.content.decode()
    events = [event.kind for event in AuditEvent.objects.filter(ballot=wizard.ballot)]
    assert events[-2:] == ["codes made", "codes handed over"]
    assert code not in "".join(str(event.detail) for event in AuditEvent.objects.all())


def offline(wizard: Wizard, ballot_id: bytes, voters: int = 7) -> dict[str, SimpleUploadedFile]:
    """What a registrar's own computer makes of the roll that the site gave."""
    answer = wizard.client.post(f"{wizard.home}codes/roll")
    roll = parse_frozen(answer.content)
    people = [Eligible(one.member_number, one.name) for one in roll.voters[:voters]]
    made = issue_codes(new_key(token_bytes), ballot_id, roll.fingerprint, people, token_bytes)
    return {
        "credentials": SimpleUploadedFile("credentials.txt", b"".join(line + b"\n" for line in made.lines)),
        "signed": SimpleUploadedFile("credential-list.json", encode(made.signed) + b"\n"),
    }


def test_codes_made_offline_are_taken_as_a_signed_list(wizard: Wizard) -> None:
    """The server sees no code; what does not fit is refused by name, and nothing of it is kept."""
    roll = freeze(wizard.union, members=7)
    wizard.save("voters", **wizard.voters(roll.fingerprint, registrar="offline"))
    ballot_id = bytes.fromhex(wizard.ballot.ballot_id)
    address = f"{wizard.home}codes/list"
    good = offline(wizard, ballot_id)
    damaged = good["credentials"].read().replace(b" 0\n", b" 00\n", 1)
    good["credentials"].seek(0)
    foreign = {**offline(wizard, ballot_id), "credentials": good["credentials"]}
    broken = {"signed": good["signed"], "credentials": SimpleUploadedFile("c", damaged)}
    for files, words in (
        ({}, "Choose both files"),
        (offline(wizard, bytes(32)), "made for another ballot"),
        (offline(wizard, ballot_id, 6), "has 6 credentials, but 7 members"),
        (
            foreign,
            "not the one that the registrar signed",
        ),
        (
            broken,
            "credentials.txt line 1",
        ),
    ):
        page = wizard.client.post(address, files, follow=True).content.decode()
        assert words in page
        assert codes_of(wizard.ballot, wizard.draft) is None
        for file in good.values():
            file.seek(0)
    page = wizard.client.post(address, good, follow=True).content.decode()
    assert "7 credentials taken." in page
    codes = codes_of(wizard.ballot, wizard.draft)
    assert codes is not None
    assert (codes.mode, codes.count, codes.fits) == ("offline", 7, True)
    wizard.client.post(f"{wizard.home}codes/hand-over")
    assert AuditEvent.objects.filter(kind="codes handed over").count() == 0
    wizard.save("voters", **wizard.voters(roll.fingerprint, registrar="hosted"))
    codes = codes_of(wizard.ballot, wizard.draft)
    assert codes is not None
    assert not codes.fits


def test_a_test_ballot_is_open_at_once(wizard: Wizard) -> None:
    wizard.save("question", text="Shall we strike?")
    wizard.save("answers", **wizard.answers())
    wizard.save("rule", rule="us-il-art34-strike", notice="", present="")
    page = wizard.client.post(f"{wizard.home}test").content.decode()
    assert page.count("/vote#") == 5
    test = Ballot.objects.exclude(pk=wizard.ballot.pk).get()
    assert selectors.standing(test).state == "open"
    manifest = selectors.manifest_of(test)
    assert manifest.provenance.kind == "test"
    assert public_ballots("example") == [], "nobody takes a test for a vote"
    assert manifest.software.booth is not None
    live.stop()
    shutil.rmtree(settings.ENVIRONMENT.boards / test.ballot_id)


def test_an_unfinished_draft_cannot_be_tested_or_fixed(wizard: Wizard) -> None:
    answer = wizard.client.post(f"{wizard.home}test", follow=True)
    assert Ballot.objects.count() == 1
    assert "notice error" in answer.content.decode()
    answer = wizard.client.post(f"{wizard.home}prepare", follow=True)
    assert "The question has no text." in answer.content.decode()
