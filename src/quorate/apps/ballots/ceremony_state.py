"""Where a tellers' ceremony stands: who has sent what, what each must do now, who is to blame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from quorate.apps.ballots.models import Ballot
from quorate.apps.ballots.workplace import ceremony_folder
from quorate.crypto.ceremony import round1
from quorate.crypto.ceremony.blame import CeremonyFailed
from quorate.crypto.ceremony.conclusion import conclude
from quorate.crypto.fingerprint import spoken
from quorate.election.ceremony_folder import COMPLETE, Folder
from quorate.record.canonical import RecordError
from quorate.record.ceremony import collect
from quorate.text import _

ROUNDS: Final = ("round1", "round2", "round3", "rehearsal")
_FILES: Final = {
    "round1": ("round1-{n}.json",),
    "round2": ("round2-{n}.json",),
    "round3": ("round3-{n}.json",),
    "rehearsal": ("rehearsal-{n}-stored.json", "rehearsal-{n}-backup.json"),
}


def round_words(name: str) -> str:
    """A round as people call it."""
    return {
        "round1": _("Round 1: keys"),
        "round2": _("Round 2: shares"),
        "round3": _("Round 3: confirmation"),
        "rehearsal": _("Rehearsal"),
    }[name]


@dataclass(frozen=True, slots=True)
class TellerState:
    """One teller: which rounds are done, and the round that is this teller's to do now (None: wait)."""

    number: int
    name: str
    done: tuple[str, ...]
    now: str | None

    @property
    def finished(self) -> bool:
        return len(self.done) == len(ROUNDS)


@dataclass(frozen=True, slots=True)
class CeremonyState:
    """The ceremony as everybody may see it.

    `gamma` is the fingerprint of round 1 to compare aloud, once round 1 is complete. `blames` says why there
    can be no key, and names who is to blame where the messages do.
    """

    tellers: tuple[TellerState, ...]
    threshold: int
    ceremony: str
    gamma: str | None
    blames: tuple[str, ...]
    complete: bool

    @property
    def awaited(self) -> tuple[TellerState, ...]:
        """Those who have something to do now."""
        return tuple(teller for teller in self.tellers if teller.now is not None)

    def teller(self, number: int) -> TellerState:
        """One of them, by number."""
        return self.tellers[number - 1]


def ceremony_state(ballot: Ballot) -> CeremonyState | None:
    """Where the ceremony stands; None before it has begun."""
    try:
        folder = Folder.read(ceremony_folder(ballot))
    except RecordError:
        return None
    context = folder.context
    complete = (folder.path / COMPLETE).exists()
    blames = () if complete else _blames(folder)
    whole = {name for name in ROUNDS if all(_has(folder, name, n) for n in context.indices)}
    current = next((name for name in ROUNDS if name not in whole), None)
    tellers = tuple(
        TellerState(
            number=n,
            name=context.name(n),
            done=tuple(name for name in ROUNDS if _has(folder, name, n)),
            now=None if blames or current is None or _has(folder, current, n) else current,
        )
        for n in context.indices
    )
    return CeremonyState(
        tellers=tellers,
        threshold=context.threshold,
        ceremony=spoken(context.ctx),
        gamma=_gamma(folder) if "round1" in whole else None,
        blames=blames,
        complete=complete,
    )


def _has(folder: Folder, name: str, teller: int) -> bool:
    return all(file.format(n=teller) in folder.messages for file in _FILES[name])


def _gamma(folder: Folder) -> str | None:
    try:
        return spoken(round1.gather(folder.context, collect(folder.messages.values()).round1).gamma)
    except (CeremonyFailed, ValueError):
        return None


def _blames(folder: Folder) -> tuple[str, ...]:
    """Why there can be no key; a message that is only missing yet is no reason [06.18]."""
    messages = collect(folder.messages.values())
    try:
        conclude(folder.context, messages)
    except CeremonyFailed as failure:
        return tuple(str(blame) for blame in failure.blames if blame.clause != "06.18")
    return ()
