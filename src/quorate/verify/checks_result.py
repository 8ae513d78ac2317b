"""V15 to V22: the tally, the decision, the certificate, and receipts that voters kept."""

from __future__ import annotations

import msgspec

from quorate.board.errors import BoardError
from quorate.board.keys import VerifierKey
from quorate.board.proof import Receipt
from quorate.crypto import decryption, schnorr
from quorate.crypto.decryption import TallyContext
from quorate.crypto.statements import share_transcript
from quorate.group import Element, Scalar, base_mul
from quorate.record.canonical import encode
from quorate.record.certificate import Certificate, CertifiedQuestion, VoidCertificate
from quorate.record.entries import Close, Entry, Result, Share, unsigned
from quorate.rules import differs_from_preset
from quorate.verify.check import Check, Findings
from quorate.verify.derive import group_counted, outcome_counts, to_decrypt
from quorate.verify.state import State


class V15Aggregates(Check):
    """What was decrypted is the sum of the counted ballots, group by group [10.15]."""

    number, title, needs = "V15", "the totals are sums of the counted ballots", "close"

    def closed(self, state: State, index: int, close: Close) -> Findings:
        if state.aggregates is None:
            yield self.find(
                state.where(index), "aggregates that can be recomputed", "unreadable ballots or list"
            )

    def end(self, state: State) -> Findings:
        result = state.result
        if result is None or state.closing is None:
            return
        where, questions = state.where(state.result_index), state.manifest.questions
        if len(result.questions) != len(questions):
            yield self.find(where, f"{len(questions)} questions", len(result.questions))
            return
        for question, answer in zip(questions, result.questions, strict=True):
            for group in answer.groups:
                counted = group_counted(state.manifest, question, group.units, state.closing.counted_by_unit)
                if group.counted != counted:
                    yield self.find(
                        f"{where} question {question.id}", f"{counted} ballots counted", group.counted
                    )


class V16Shares(Check):
    """The shares that the result names: t distinct tellers, each share signed and proved [10.16]."""

    number, title, needs = "V16", "enough tellers decrypted, each with proof", "tally"

    def entry(self, state: State, index: int, entry: Entry) -> Findings:
        if isinstance(entry, Result):
            yield from self._named(state, index, entry)

    def _named(self, state: State, index: int, result: Result) -> Findings:
        where, threshold = state.where(index), state.manifest.tellers.threshold
        if state.ceremony is None or state.aggregates is None or state.closing is None:
            yield self.find(where, "shares that can be checked", "no readable ceremony or ballots")
            return
        if list(result.shares) != sorted(set(result.shares)):
            yield self.find(where, "share entries in order, each once", result.shares)
        tellers = []
        for number in result.shares:
            share = state.shares.get(number)
            if share is None:
                yield self.find(where, "entries that are shares", f"entry {number}")
                continue
            tellers.append(share.teller)
            yield from self.share(state, state.where(number), share)
        if len(set(tellers)) != len(tellers):
            yield self.find(where, "shares of distinct tellers", sorted(tellers))
        needed = threshold if to_decrypt(state.aggregates) else 0
        if len(set(tellers)) != needed:
            yield self.find(where, f"shares of {needed} tellers", len(set(tellers)))

    def share(self, state: State, where: str, share: Share) -> Findings:
        ceremony, closing = state.ceremony, state.closed
        if ceremony is None:
            yield self.find(where, "a readable ceremony", "none")
            return
        if not 1 <= share.teller <= len(ceremony.names):
            yield self.find(where, f"a teller from 1 to {len(ceremony.names)}", share.teller)
            return
        who = f"{where} ({ceremony.names[share.teller - 1]})"
        if share.closing.size != closing.index + 1 or share.closing.root != state.closing_root:
            wanted = f"{closing.index + 1} entries, root {state.closing_root.hex()[:16]}..."
            got = f"{share.closing.size} entries, root {share.closing.root.hex()[:16]}..."
            yield self.find(who, f"a share of the closing tree of {wanted}", got)
        context = TallyContext(state.phi, closing.index, state.closing_root, share.teller)
        try:
            key = ceremony.signing_keys[share.teller - 1]
            schnorr.verify(key, share_transcript(context, key, unsigned(share)), share.signature)
        except ValueError as error:
            yield self.find(who, "the teller's signature", error)
        due = to_decrypt(state.totals)
        given = [(part.question, part.group, part.place) for part in share.shares]
        if given != due:
            yield self.find(who, f"one part for each of {len(due)} totals, in order", given)
            return
        for part in share.shares:
            total = state.totals[part.question, part.group, part.place]
            try:
                decryption.verify_partial(
                    context,
                    ceremony.verification_keys[share.teller - 1],
                    total.a,
                    total.b,
                    part.question,
                    part.group,
                    part.place,
                    part.partial,
                    part.proof,
                )
            except ValueError as error:
                yield self.find(f"{who} question {part.question} group {part.group}", "a valid proof", error)


class V17Result(Check):
    """The published totals are what the shares decrypt to, and possible counts [10.17]."""

    number, title, needs = "V17", "the totals are the decryption, and possible", "tally"

    def end(self, state: State) -> Findings:
        result = state.result
        if result is None:
            return
        where = state.where(state.result_index)
        for q, (question, answer) in enumerate(zip(state.manifest.questions, result.questions, strict=False)):
            try:
                outcome_counts(question, answer)
            except ValueError as error:
                yield self.find(f"{where} question {question.id}", "possible counts", error)
                continue
            for g, group in enumerate(answer.groups):
                for place, total in enumerate(group.totals):
                    spot = f"{where} question {question.id} group {g} total {place}"
                    if (q, g, place) not in (state.aggregates or {}):
                        if total:
                            yield self.find(spot, "0, as no ballot was counted", total)
                    elif not self._matches(state, result, (q, g, place), total):
                        yield self.find(spot, "the total that the shares decrypt to", total)

    def _matches(self, state: State, result: Result, key: tuple[int, int, int], total: int) -> bool:
        if state.totals[key].a.is_identity():
            return state.totals[key].b == base_mul(Scalar.from_int(total))
        partials: dict[int, bytes] = {}
        for index in result.shares:
            share = state.shares.get(index)
            for part in share.shares if share else ():
                if share and (part.question, part.group, part.place) == key:
                    partials[share.teller] = part.partial
        try:
            points = {teller: Element.from_canonical_bytes(data) for teller, data in partials.items()}
            message = decryption.combine(state.totals[key].b, points)
        except ValueError:
            return False
        return message == base_mul(Scalar.from_int(total))


class V18Groups(Check):
    """Only groups at or above the small-group limit are decrypted [10.18]."""

    number, title, needs = "V18", "no group is small enough to show a vote", "tally"

    def end(self, state: State) -> Findings:
        result = state.result
        if result is None:
            return
        where = state.where(state.result_index)
        for question, groups, answer in zip(
            state.manifest.questions, state.groups, result.questions, strict=False
        ):
            expected = groups or ()
            if tuple(group.units for group in answer.groups) != expected or answer.withheld != (
                groups is None
            ):
                got = "withheld" if answer.withheld else [group.units for group in answer.groups]
                want = "a withheld result" if groups is None else f"groups {list(expected)}"
                yield self.find(f"{where} question {question.id}", want, got)


class V19Reconciliation(Check):
    """Issued, returned and counted add up, and the certificate says the same [10.19]."""

    number, title, needs = "V19", "the figures reconcile", "tally"

    def end(self, state: State) -> Findings:
        if state.derived is None:
            return
        if state.claimed is not None and state.claimed.reconciliation != state.derived.reconciliation:
            mine, theirs = _text(state.derived, "reconciliation"), _text(state.claimed, "reconciliation")
            yield self.find("certificate.json reconciliation", mine, theirs)
        for line in state.derived.reconciliation:
            total = sum(figure for _, figure in line.parts)
            if total != line.total:
                yield self.find(line.name, f"{line.total}, the sum of its parts", total)


class V20Rule(Check):
    """The rule of the manifest, applied to the counts, gives the verdict of the certificate [10.20]."""

    number, title, needs = "V20", "the rule gives the certified verdict", "result"

    def start(self, state: State) -> Findings:
        for question in state.manifest.questions:
            if question.rule is not None and differs_from_preset(question.rule):
                name = f"{question.rule.id} version {question.rule.version}"
                yield self.find(
                    f"manifest.json question {question.id} rule", f"the formula of {name}", "another formula"
                )

    def end(self, state: State) -> Findings:
        if state.derived_void is not None:
            if state.claimed is not None:
                yield self.find("certificate.json", "no verdict, as the ballot is void", "one of a result")
            return
        if state.derived is None or state.claimed is None:
            yield self.find("certificate.json", "a verdict that can be derived", "none")
            return
        for mine, theirs in zip(state.derived.questions, state.claimed.questions, strict=False):
            if (mine.decision, mine.choice) != (theirs.decision, theirs.choice):
                yield self.find(f"certificate.json question {mine.id}", _verdict(mine), _verdict(theirs))


def _verdict(question: CertifiedQuestion) -> str:
    decided = question.decision or question.choice
    if decided is None:
        return "no verdict"
    return encode(decided).decode()


class V21Certificate(Check):
    """The certificate states the derived facts, and nothing else [10.21]."""

    number, title, needs = "V21", "the certificate equals the result", "result"

    def end(self, state: State) -> Findings:
        if state.derived_void is not None:
            yield from self._void(state.derived_void, state.claimed_void)
            return
        derived, claimed = state.derived, state.claimed
        if derived is None or claimed is None:
            what = "the result cannot be derived" if derived is None else "no readable certificate.json"
            yield self.find("certificate.json", "a certificate of this result", what)
            return
        mine, theirs = _other_facts(derived), _other_facts(claimed)
        for name in Certificate.__struct_fields__:
            if getattr(mine, name) != getattr(theirs, name):
                yield self.find(f"certificate.json {name}", _text(mine, name), _text(theirs, name))

    def _void(self, derived: VoidCertificate, claimed: VoidCertificate | None) -> Findings:
        if claimed is None:
            yield self.find("certificate.json", "the certificate of a void ballot", "none that can be read")
            return
        for name in VoidCertificate.__struct_fields__:
            if getattr(derived, name) != getattr(claimed, name):
                yield self.find(f"certificate.json {name}", _text(derived, name), _text(claimed, name))


def _other_facts(certificate: Certificate) -> Certificate:
    """The certificate without verdicts, which are V20's business, and without reconciliation, V19's."""
    bare = tuple(
        msgspec.structs.replace(question, decision=None, choice=None) for question in certificate.questions
    )
    return msgspec.structs.replace(certificate, questions=bare, reconciliation=())


def _text(certificate: Certificate | VoidCertificate, name: str) -> str:
    text = encode(getattr(certificate, name)).decode()
    return text if len(text) < 300 else f"{text[:300]}..."


class V22Receipts(Check):
    """Receipts that voters kept lead into this board [10.22]."""

    number, title = "V22", "every supplied receipt is on this board"

    def end(self, state: State) -> Findings:
        for name, data in state.receipts:
            try:
                receipt = Receipt.parse(data)
                entry = state.line(receipt.index)
                key, policy = VerifierKey.parse(state.manifest.log_key), state.manifest.witnesses
                seen = receipt.verify(entry, key, policy).signed.checkpoint
                if seen.root != state.roots.get(seen.size):
                    yield self.find(name, "a receipt for this board", f"another board of {seen.size} entries")
            except (BoardError, ValueError, LookupError) as error:
                yield self.find(name, "a receipt for an entry of this board", error)
