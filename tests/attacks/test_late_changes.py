"""Attacker: the organiser or the server, once voting runs. Wish: another question, another roll, another
rule, another key than those that people were told (Helios, issue 455).

Stopped by: all of it stands in the manifest, whose fingerprint was printed [08.25]: V3 for whoever has
it. And all that was signed and proved before is for the old fingerprint: V6, V9.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from quorate.election.folder import pins_of
from quorate.record.canonical import encode
from quorate.record.manifest import Manifest, Option, Question
from quorate.rules import preset
from support.ballots import SmallBallot
from support.forge import Forge


def with_question(manifest: Manifest, edit: Callable[[Question], Question]) -> Manifest:
    return replace(manifest, questions=(edit(manifest.questions[0]), *manifest.questions[1:]))


CHANGES: dict[str, Callable[[Manifest], Manifest]] = {
    "the question": lambda m: with_question(m, lambda q: replace(q, text="Shall we accept the offer?")),
    "a label": lambda m: with_question(
        m, lambda q: replace(q, options=(Option("yes", "No strike"), *q.options[1:]))
    ),
    "the options exchanged": lambda m: with_question(
        m,
        lambda q: replace(
            q,
            options=(
                replace(q.options[0], label=q.options[1].label),
                replace(q.options[1], label=q.options[0].label),
            ),
        ),
    ),
    "the rule": lambda m: with_question(m, lambda q: replace(q, rule=preset("majority-of-votes"))),
    "no rule": lambda m: with_question(m, lambda q: replace(q, rule=None)),
    "the roll's fingerprint": lambda m: replace(m, roll=replace(m.roll, fingerprint=bytes(32))),
    "the end": lambda m: replace(m, window=replace(m.window, closes="2015-12-10T23:00:00Z")),
    "an officer": lambda m: replace(
        m, officers=(*m.officers[:1], replace(m.officers[1], key=m.officers[0].key[::-1]))
    ),
    "the small-group limit": lambda m: replace(m, group_limit=4),
    "the mode of codes": lambda m: replace(m, credentials=replace(m.credentials, mode="hosted")),
    "the title": lambda m: replace(m, title="Strike authorisation."),
}


@pytest.mark.parametrize("name", CHANGES)
def test_with_the_printed_fingerprint(plain: SmallBallot, forge: Forge, name: str) -> None:
    forgery = forge(plain)
    false = CHANGES[name](plain.manifest)
    forgery.manifest = encode(false)
    try:
        findings = forgery.report().findings
    except ValueError:
        assert name == "an officer"  # the bytes of a key turned round are hardly ever a key
        return
    assert "V3" in {finding.check for finding in findings}


@pytest.mark.parametrize("name", [name for name in CHANGES if name != "an officer"])
def test_without_it_the_signatures_tell(plain: SmallBallot, forge: Forge, name: str) -> None:
    """Whoever has no fingerprint at hand: the officers opened another ballot, and the voters voted in it."""
    forgery = forge(plain)
    false = CHANGES[name](plain.manifest)
    forgery.manifest, forgery.pins = encode(false), pins_of(false)
    fired = {finding.check for finding in forgery.report().findings}
    assert {"V6", "V9"} <= fired


def test_a_manifest_in_other_bytes(plain: SmallBallot, forge: Forge) -> None:
    """The same content, an empty line more: no manifest at all, as its fingerprint would be another one."""
    forgery = forge(plain)
    forgery.manifest += b" "
    with pytest.raises(ValueError, match="canonical"):
        forgery.report()


@pytest.mark.parametrize("name", ["origin", "log_key", "organisation_key", "witnesses", "phi"])
def test_each_pin_counts(plain: SmallBallot, rich: SmallBallot, forge: Forge, name: str) -> None:
    """[08.33] V3 for any pin that differs, and for nothing else."""
    forgery = forge(plain)
    other = pins_of(replace(rich.manifest, organisation_key=rich.manifest.log_key))
    forgery.pins = replace(plain.pins, **{name: getattr(other, name)})
    assert {finding.check for finding in forgery.report().findings} == {"V3"}


def test_without_pins_nothing_is_verified(plain: SmallBallot, forge: Forge) -> None:
    """[10.3] A whole false ballot, well made, is only consistent: the report says that its origin is not
    pinned.
    """
    forgery = forge(plain)
    forgery.pins = None
    report = forgery.report()
    assert report.ok
    assert not report.pinned
    assert "V3" not in report.checked
