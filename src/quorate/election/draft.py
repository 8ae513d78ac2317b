"""A ballot's draft, as officers write it, and the manifest that it becomes."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from quorate import __version__
from quorate.board.checkpoint import NO_WITNESSES, WitnessPolicy
from quorate.board.keys import LogSigner
from quorate.crypto.ceremony.conclusion import VerifiedCeremony
from quorate.crypto.transcript import SUITE
from quorate.election.registrar import SignedList
from quorate.record.canonical import instant_text
from quorate.record.manifest import (
    Blank,
    Credentials,
    Document,
    Facts,
    Manifest,
    Officer,
    Option,
    Provenance,
    Question,
    Roll,
    Software,
    Stage,
    Tellers,
    Window,
    manifest_problem,
)
from quorate.rules import Rule, UnknownRule, plan, preset
from quorate.rules.criteria import Choice, Unavailable
from quorate.text import _

Hex32 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Fingerprint = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{64})?$")]
"""32 bytes in hex; empty while the draft does not have them yet."""
UnitsBy = Literal["none", "category", "unit"]
"""The column of the roll by which votes are counted in groups, and electorates are drawn."""


class DraftError(ValueError):
    """The draft cannot become a ballot; the message names the field and says what to do."""


class DraftOption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One option of a question."""

    id: str
    label: str


class DraftDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text that voters decide on: its name, its size in bytes, and SHA-256 of its bytes."""

    name: str
    sha256: Hex32
    size: int


class DraftPrevious(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The earlier decision that the ballot stands on: fingerprints of its certificate and its manifest."""

    certificate: Hex32
    phi: Hex32


class DraftQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question; `rule` is the id of a preset, `minimum` and `maximum` are for choosing several."""

    id: str
    text: str
    options: tuple[DraftOption, ...]
    rule: str | None = None
    blank: Blank | None = None
    minimum: int | None = None
    maximum: int | None = None
    electorate: tuple[str, ...] | None = None
    tally: Literal["all", "by-unit"] = "all"
    notice: bool | None = None
    present: int | None = None
    documents: tuple[DraftDocument, ...] = ()


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What officers decide. Times are local to `zone` (`2026-12-09T08:00`).

    What is empty is not decided yet; `tellers`, where they are named, must be those of the ceremony.
    """

    organisation: str
    body: str
    title: str
    contact: str
    zone: str
    opens: str
    closes: str
    roll_fingerprint: Fingerprint
    host: str
    question: tuple[DraftQuestion, ...]
    group_limit: int = 5
    kind: Literal["live", "replay", "test"] = "live"
    registrar: Literal["hosted", "offline"] = "offline"
    units: UnitsBy = "none"
    tellers: tuple[str, ...] = ()
    threshold: int = 0
    previous: DraftPrevious | None = None
    derived: tuple[str, ...] = ()
    """Of a replay: how figures were derived from what was published."""
    note: str = ""


def read_draft(text: str, where: str) -> Draft:
    """Parse a draft in TOML; DraftError names the line or the field."""
    try:
        return msgspec.convert(tomllib.loads(text), Draft, strict=True)
    except tomllib.TOMLDecodeError as error:
        raise DraftError(_("{where} is not TOML: {error}").format(where=where, error=error)) from None
    except msgspec.ValidationError as error:
        raise DraftError(f"{where}: {error}") from None


def manifest_of(
    draft: Draft,
    issued: SignedList,
    units: Sequence[str],
    ceremony: VerifiedCeremony,
    ceremony_line: bytes,
    officers: Sequence[Officer],
    log: Callable[[str], LogSigner],
    witnesses: WitnessPolicy = NO_WITNESSES,
    booth: bytes | None = None,
) -> Manifest:
    """The manifest of a draft; DraftError when the parts do not fit each other or a rule can never decide.

    `booth` is the SHA-256 of the booth's bundle where one is served.
    """
    if issued.ballot_id != ceremony.ballot_id:
        raise DraftError(_("The codes and the tellers' key were made for different ballots."))
    if not draft.roll_fingerprint:
        raise DraftError(_("roll_fingerprint: the draft names no frozen roll yet"))
    if draft.tellers and (draft.tellers, draft.threshold) != (ceremony.names, ceremony.threshold):
        raise DraftError(_("tellers: the key was made by others than the draft names"))
    origin = f"{draft.host}/{issued.ballot_id.hex()[:32]}"
    zone = zone_named(draft.zone)
    manifest = Manifest(
        ballot_id=issued.ballot_id,
        ballot_key=ceremony.ballot_key.to_bytes(),
        body=draft.body,
        contact=draft.contact,
        credentials=Credentials(
            issued.count, draft.registrar, issued.registrar_key, issued.root, issued.signature
        ),
        format=1,
        group_limit=draft.group_limit,
        log_key=str(log(origin).key),
        officers=tuple(officers),
        organisation=draft.organisation,
        organisation_key=None,
        origin=origin,
        previous=None
        if draft.previous is None
        else Stage(bytes.fromhex(draft.previous.certificate), bytes.fromhex(draft.previous.phi)),
        provenance=Provenance(draft.derived, draft.kind, draft.note),
        questions=tuple(question_of(question, units, issued.count) for question in draft.question),
        roll=Roll(issued.count, bytes.fromhex(draft.roll_fingerprint)),
        software=Software(booth, __version__),
        suite=SUITE.decode(),
        tellers=Tellers(hashlib.sha256(ceremony_line).digest(), ceremony.names, ceremony.threshold),
        title=draft.title,
        units=tuple(units),
        window=Window(
            closes=instant_of("closes", draft.closes, zone),
            opens=instant_of("opens", draft.opens, zone),
            zone=draft.zone,
        ),
        witnesses=witnesses,
    )
    problem = manifest_problem(manifest)
    if problem:
        raise DraftError(problem)
    return manifest


def question_of(draft: DraftQuestion, units: Sequence[str], eligible: int) -> Question:
    """A question as it will stand in the manifest; DraftError when it cannot."""
    unknown = [unit for unit in draft.electorate or () if unit not in units]
    if unknown:
        raise DraftError(
            _("question {id}: there is no unit {unit}; units: {units}").format(
                id=draft.id, unit=unknown[0], units=", ".join(units) or _("none")
            )
        )
    question = Question(
        blank=draft.blank,
        documents=tuple(
            Document(document.name, bytes.fromhex(document.sha256), document.size)
            for document in draft.documents
        ),
        electorate=None if draft.electorate is None else tuple(sorted(map(units.index, draft.electorate))),
        facts=Facts(draft.notice, draft.present),
        id=draft.id,
        maximum=draft.maximum,
        minimum=draft.minimum,
        options=tuple(Option(option.id, option.label) for option in draft.options),
        rule=None if draft.rule is None else _rule(draft, draft.rule),
        tally=draft.tally,
        text=draft.text,
    )
    if question.rule is not None and isinstance(question.rule.expression, Choice) == question.yes_no:
        raise DraftError(
            _("question {id}: the rule {rule} does not fit its answers").format(id=draft.id, rule=draft.rule)
        )
    if question.rule is not None and question.yes_no:
        plan(question.rule, eligible)
    return question


def _rule(draft: DraftQuestion, name: str) -> Rule:
    try:
        rule = preset(name)
    except UnknownRule as error:
        raise DraftError(_("question {id}: {error}").format(id=draft.id, error=error)) from None
    if isinstance(rule.expression, Unavailable):
        raise DraftError(
            _("question {id}: the rule {rule} has no formula, so it can never decide").format(
                id=draft.id, rule=name
            )
        )
    return rule


def zone_named(name: str) -> ZoneInfo:
    """A time zone by its name; DraftError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise DraftError(
            _("zone: {name} is not the name of a time zone, such as America/Chicago").format(name=name)
        ) from None


def instant_of(field: str, text: str, zone: ZoneInfo) -> str:
    """A local time as an instant; DraftError for one that a change of the clocks skips or repeats."""
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        naive = None
    if naive is None or naive.tzinfo is not None:
        raise DraftError(_("{field}: write a local time such as 2026-12-09T08:00").format(field=field))
    local = naive.replace(tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
        raise DraftError(
            _("{field}: {text} does not exist in {zone}, the clocks are put forward then").format(
                field=field, text=text, zone=zone.key
            )
        )
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise DraftError(
            _("{field}: {text} happens twice in {zone}, the clocks are put back then; choose another").format(
                field=field, text=text, zone=zone.key
            )
        )
    return instant_text(local)
