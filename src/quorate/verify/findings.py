"""What verification says: findings that name the check and the place, and the report over all checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from quorate.record.certificate import Certificate, VoidCertificate


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be. `check` is a V-number of docs/protocol/10-verification.md."""

    check: str
    where: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.check} {self.where}: expected {self.expected}, got {self.got}"


@dataclass(slots=True)
class Report:
    """The outcome of verification.

    `checked` lists the V-numbers that ran, `not_due` those for which nothing was supplied, with the reason.
    `pinned` tells whether the record was tied to pins; without them a record can be consistent and still be
    another one's. `certificate` is what the record proves, as re-derived here; None when it could not be
    derived or the ballot has no result yet. `void` is that of a ballot that was declared void, which has no
    other.
    """

    findings: list[Finding] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    not_due: dict[str, str] = field(default_factory=dict)
    pinned: bool = False
    complete: bool = False
    certificate: Certificate | None = None
    void: VoidCertificate | None = None

    @property
    def ok(self) -> bool:
        """Whether every check that ran held."""
        return not self.findings

    def of(self, check: str) -> Iterator[Finding]:
        """The findings of one check."""
        return (finding for finding in self.findings if finding.check == check)
