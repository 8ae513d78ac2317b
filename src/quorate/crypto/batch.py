"""Many ballots checked as one sum (docs/protocol/05-value-set-proof.md, [05.11] and [05.12]).

Step one parses every ballot of a chunk into integers and recomputes every challenge. Only then are the
weights drawn, and one multiscalar multiplication decides. A chunk that fails is halved until each bad ballot
is named.

This is the hot path: a ballot costs about as much here as its ten points in the native module allow. Hence
transcripts with everything but the ballot's own bytes filled in beforehand, and integers in columns over all
ballots of the chunk instead of objects for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256, sha512
from itertools import pairwise
from operator import add, mul
from struct import Struct

from quorate.crypto import schnorr, value_set
from quorate.crypto.ballot import (
    Answer,
    AnswerLike,
    BallotLike,
    Body,
    ciphertexts_hash,
    ciphertexts_transcript,
    context,
    signature_transcript,
)
from quorate.crypto.elgamal import Ciphertext
from quorate.crypto.encoding import Encoding
from quorate.crypto.transcript import Layout, Slot, unreduced_challenge
from quorate.crypto.value_set import Shape
from quorate.group import GENERATOR, Element, L, Points

WEIGHT_BYTES = 16
_TO_SCALAR = bytes(32 - WEIGHT_BYTES)
_MOST_PLANS = 256
_GENERATOR_BYTES = GENERATOR.to_bytes()


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one ballot is refused: its place in the chunk, the kind of fault, and the words for it.

    Kinds: `binding` (phi or array lengths, V9), `signature` (V10), `proof` (V11).
    """

    index: int
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Verified:
    """The outcome for a chunk: faults, each ballot's tracker (empty for one that has no exact shape), and the
    sums.

    `sums[(question, place)]` adds the ciphertexts of every ballot of the chunk whose elements could be
    decoded.
    """

    faults: tuple[Fault, ...]
    trackers: tuple[bytes, ...]
    sums: dict[tuple[int, int], Ciphertext]


class _Bad(Exception):
    def __init__(self, kind: str, message: str) -> None:
        self.kind, self.message = kind, message


@dataclass(slots=True)
class _Parsed:
    """One ballot as integers, ready to be weighted: `challenges` and `responses` of every branch of every
    proof, in order. The signature's challenge `e` is not reduced modulo L yet.
    """

    index: int
    points: bytes
    e: int
    s: int
    challenges: list[int]
    responses: list[int]
    tracker: bytes


class _ProofForm:
    """How one proof of an answer is laid out: its fields, and the transcript around them."""

    def __init__(
        self, shape: Shape, question: int, proof: int, places: int, about: tuple[bytes, ...]
    ) -> None:
        self.n = len(shape.values)
        self.unpack = Struct("32s" * (4 * self.n - 1)).unpack
        ciphertexts, commitments = [Slot(64)] * places, [Slot(32)] * (2 * self.n)
        self.layout = Layout(value_set.transcript(shape, about, question, proof, ciphertexts, commitments))


class _Plan:
    """What ballots that answer the same questions have in common: layouts, shapes, the order of points."""

    def __init__(self, verifier: BatchVerifier, questions: tuple[int, ...]) -> None:
        self.questions = questions
        self.phi = verifier.phi
        self.shapes = [verifier.encodings[q].proofs for q in questions]
        self.places = [verifier.encodings[q].places for q in questions]
        about = context(self.phi, verifier.key, Slot(32), Slot(32), Slot(64))
        answers = [
            Answer(q, (Slot(64),) * places, tuple(Slot(shape.proof_bytes) for shape in shapes))
            for q, places, shapes in zip(questions, self.places, self.shapes, strict=True)
        ]
        self.body = Layout(Body(self.phi, Slot(32), Slot(32), answers).transcript())
        self.hashed = Layout(ciphertexts_transcript([(a.question, a.ciphertexts) for a in answers]))
        signed = signature_transcript(about, Slot(64)).add_bytes("commitment", Slot(32))
        self.signature = Layout(signed)
        self.forms = [
            (answer, p, _ProofForm(shape, q, p, places, about))
            for answer, (q, places, shapes) in enumerate(
                zip(questions, self.places, self.shapes, strict=True)
            )
            for p, shape in enumerate(shapes)
        ]
        self.sizes = _sizes(bytes(32), bytes(32), answers)
        # the weighting step's view: per proof the values, and the (place, weight) pairs over all places
        self.terms: list[tuple[tuple[int, ...], list[tuple[int, int]]]] = []
        first = 0
        for shapes, places in zip(self.shapes, self.places, strict=True):
            for shape in shapes:
                pairs = [(first + i, w) for i, w in enumerate(shape.weights) if w]
                self.terms.append((shape.values, pairs))
            first += places
        self.all_places = first
        # K, each A and B, each X and Z, R: the order of a ballot's points
        self.stride = 2 + 2 * first + sum(2 * len(values) for values, _ in self.terms)

    def parse(self, index: int, ballot: BallotLike) -> _Parsed:
        """Recompute every challenge; _Bad for a wrong length [05.10] or a scalar of L or more [02.2]."""
        if ballot.phi != self.phi:
            raise _Bad("binding", "phi is that of another ballot")
        credential, prev, answers = ballot.credential, ballot.prev, ballot.answers
        if _sizes(credential, prev, answers) != self.sizes:
            raise _Bad("binding", self._misfit(ballot))
        signature = ballot.signature
        if len(signature) != 64:
            raise _Bad("signature", f"the signature has {len(signature)} bytes, not 64")
        parts, texts = [credential, prev], list[bytes]()
        for answer in answers:
            parts += answer.ciphertexts
            parts += answer.proofs
            texts += answer.ciphertexts
        body = self.body.render(tuple(parts))
        about = (credential, prev, sha512(self.hashed.render(tuple(texts))).digest())
        points = [credential, *texts]
        challenges: list[int] = []
        responses: list[int] = []
        for place, p, form in self.forms:
            answer = answers[place]
            n, proof = form.n, answer.proofs[p]
            fields = form.unpack(proof)
            rendered = form.layout.render((*about, *answer.ciphertexts, *fields[: 2 * n]))
            scalars = [int.from_bytes(field, "little") for field in fields[2 * n :]]
            if max(scalars) >= L:
                raise _Bad("proof", f"question {answer.question}: a scalar of the proof is L or more")
            carried = scalars[: n - 1]
            # [05.4] the last challenge is never carried
            challenges += carried
            challenges.append((unreduced_challenge(rendered) - sum(carried)) % L)
            responses += scalars[n - 1 :]
            points.append(proof[: 64 * n])
        r, s = signature[:32], int.from_bytes(signature[32:], "little")
        if s >= L:
            raise _Bad("signature", "the signature's scalar is L or more")
        points.append(r)
        e = unreduced_challenge(self.signature.render((*about, sha512(body).digest(), r)))
        tracker = sha256(body).digest()
        return _Parsed(index, b"".join(points), e, s, challenges, responses, tracker)

    def _misfit(self, ballot: BallotLike) -> str:
        """Say which array or field has the wrong length [05.10]."""
        for name, value in (("credential", ballot.credential), ("prev", ballot.prev)):
            if len(value) != 32:
                return f"{name} has {len(value)} bytes, not 32"
        for answer, shapes, places in zip(ballot.answers, self.shapes, self.places, strict=True):
            where = f"question {answer.question}"
            if len(answer.ciphertexts) != places:
                return f"{where}: {len(answer.ciphertexts)} ciphertexts, not {places}"
            if len(answer.proofs) != len(shapes):
                return f"{where}: {len(answer.proofs)} proofs, not {len(shapes)}"
            if any(len(c) != 64 for c in answer.ciphertexts):
                return f"{where}: a ciphertext does not have 64 bytes"
        return "a proof has the wrong length"

    def holds(self, parsed: Sequence[_Parsed], points: Points, random: Callable[[int], bytes]) -> bool:
        """Whether every equation of these ballots holds, by one weighted sum [05.11].

        Each column of scalars, such as all those of X_0, is made in one go and then laid between the others.
        """
        n = len(parsed)
        rows = [b""] * (2 + self.stride * n)

        def lay(column: int, scalars: list[bytes]) -> None:
            rows[2 + column :: self.stride] = scalars

        w, short = _weights(n, random)  # s G = R + e K
        g, y = sum(map(mul, w, [item.s for item in parsed])), 0
        lay(0, _encode(map(mul, w, [item.e for item in parsed])))
        lay(self.stride - 1, short)
        sums = [[0] * n for _ in range(2 * self.all_places)]
        branch, column = 0, 1 + 2 * self.all_places
        for values, pairs in self.terms:
            a, b = [0] * n, [0] * n
            for v in values:
                cs = [item.challenges[branch] for item in parsed]
                zs = [item.responses[branch] for item in parsed]
                x, short_x = _weights(n, random)  # z G = X + c A
                z, short_z = _weights(n, random)  # z Y = Z + c (B - v G)
                zc = list(map(mul, z, cs))
                a = list(map(add, a, map(mul, x, cs)))
                b = list(map(add, b, zc))
                g += sum(map(mul, x, zs)) + v * sum(zc)
                y += sum(map(mul, z, zs))
                lay(column, short_x)
                lay(column + 1, short_z)
                branch, column = branch + 1, column + 2
            for place, weight in pairs:
                for i, part in ((2 * place, a), (2 * place + 1, b)):
                    sums[i] = [total + weight * value for total, value in zip(sums[i], part, strict=True)]
        for i, totals in enumerate(sums):
            lay(1 + i, _encode(totals))
        rows[:2] = _encode((-g, -y))  # G and Y collect one scalar each
        return points.msm_vartime(b"".join(rows)).is_identity()


def _sizes(credential: bytes, prev: bytes, answers: Sequence[AnswerLike]) -> list[int]:
    """The number and length of everything in a ballot's body."""
    sizes = [len(credential), len(prev)]
    for answer in answers:
        sizes += (len(answer.ciphertexts), len(answer.proofs))
        sizes += map(len, answer.ciphertexts)
        sizes += map(len, answer.proofs)
    return sizes


def _weights(count: int, random: Callable[[int], bytes]) -> tuple[list[int], list[bytes]]:
    """Independent weights in [1, 2^128) [05.11], and their encodings as scalars."""
    weights = [0]
    short: list[bytes] = []
    while not all(weights):
        pool = random(WEIGHT_BYTES * count)
        short = [pool[i : i + WEIGHT_BYTES] + _TO_SCALAR for i in range(0, len(pool), WEIGHT_BYTES)]
        weights = [int.from_bytes(scalar, "little") for scalar in short]
    return weights, short


def _encode(values: Iterable[int]) -> list[bytes]:
    return [(value % L).to_bytes(32, "little") for value in values]


class BatchVerifier:
    """Verifies the ballots of one election in chunks.

    `phi` and `key` (Y) are 32 bytes; `encodings` has one entry for each question. ValueError when Y is not a
    canonical element or is the identity.
    """

    def __init__(self, phi: bytes, key: bytes, encodings: Sequence[Encoding]) -> None:
        self.phi, self.key, self.encodings = phi, key, tuple(encodings)
        self.ballot_key = Element.from_canonical_bytes(key)
        if self.ballot_key.is_identity():
            raise ValueError("the ballot key is the identity")
        self._plans: dict[tuple[int, ...], _Plan] = {}

    def verify(self, chunk: Sequence[BallotLike], random: Callable[[int], bytes]) -> Verified:
        """Check every ballot of a chunk; `random(n)` gives n bytes that no ballot's maker could foresee."""
        if len(self._plans) > _MOST_PLANS:  # whoever sends odd sets of questions fills no memory
            self._plans.clear()
        faults: list[Fault] = []
        groups: dict[tuple[int, ...], list[_Parsed]] = {}
        trackers: list[bytes] = []
        for index, ballot in enumerate(chunk):
            questions = tuple([answer.question for answer in ballot.answers])
            try:
                parsed = self._plan(questions).parse(index, ballot)
            except _Bad as bad:
                faults.append(Fault(index, bad.kind, bad.message))
                trackers.append(b"")
            else:
                groups.setdefault(questions, []).append(parsed)
                trackers.append(parsed.tracker)
        sums: dict[tuple[int, int], Ciphertext] = {}
        for questions, group in groups.items():
            self._settle(self._plans[questions], group, chunk, random, faults, sums)
        return Verified(tuple(sorted(faults, key=lambda f: f.index)), tuple(trackers), sums)

    def _plan(self, questions: tuple[int, ...]) -> _Plan:
        plan = self._plans.get(questions)
        if plan is None:
            ordered = all(a < b for a, b in pairwise(questions))
            if not questions or not ordered or questions[-1] >= len(self.encodings) or questions[0] < 0:
                raise _Bad("binding", "the answers are not those of the questions in order")
            plan = self._plans[questions] = _Plan(self, questions)
        return plan

    def _settle(
        self,
        plan: _Plan,
        group: Sequence[_Parsed],
        chunk: Sequence[BallotLike],
        random: Callable[[int], bytes],
        faults: list[Fault],
        sums: dict[tuple[int, int], Ciphertext],
    ) -> None:
        """Decide a group of ballots, halving it on failure [05.12]."""
        points: Points | None
        try:
            data = b"".join([_GENERATOR_BYTES, self.key, *[item.points for item in group]])
            points = Points.from_canonical_bytes(data, refuse_identity=True)
        except ValueError:
            points = None
        if points is not None and plan.holds(group, points, random):
            self._add(plan, points, sums)
        elif len(group) == 1:
            fault = self._exact(plan, group[0], chunk[group[0].index])
            if fault is None:
                raise AssertionError("the batch and the exact check of one ballot disagree")
            faults.append(fault)
            if points is not None:
                self._add(plan, points, sums)
        else:
            half = len(group) // 2
            for part in (group[:half], group[half:]):
                self._settle(plan, part, chunk, random, faults, sums)

    def _add(self, plan: _Plan, points: Points, sums: dict[tuple[int, int], Ciphertext]) -> None:
        """Add up each column of ciphertexts; the points are G and Y, then each ballot's in order."""
        start = 3
        for question, places in zip(plan.questions, plan.places, strict=True):
            for place in range(places):
                a = points.sum_stride(start, plan.stride)
                b = points.sum_stride(start + 1, plan.stride)
                total = sums.get((question, place), Ciphertext.zero())
                sums[question, place] = total + Ciphertext(a, b)
                start += 2

    def _exact(self, plan: _Plan, item: _Parsed, ballot: BallotLike) -> Fault | None:
        """Evaluate one ballot's equations one by one, so that the fault is named [05.12]."""
        raw = [(answer.question, answer.ciphertexts) for answer in ballot.answers]
        hashed = ciphertexts_hash(raw)
        about = context(ballot.phi, self.key, ballot.credential, ballot.prev, hashed)
        try:
            credential = Element.from_canonical_bytes(ballot.credential)
        except ValueError as error:
            return Fault(item.index, "binding", f"the credential is not an element: {error}")
        body = Body(ballot.phi, ballot.credential, ballot.prev, ballot.answers)
        try:
            statement = signature_transcript(about, sha512(body.to_bytes()).digest())
            schnorr.verify(credential, statement, ballot.signature)
        except schnorr.SignatureError as error:
            return Fault(item.index, "signature", str(error))
        for answer, shapes in zip(ballot.answers, plan.shapes, strict=True):
            try:
                ciphertexts = [Ciphertext.from_canonical_bytes(c) for c in answer.ciphertexts]
                for p, (shape, proof) in enumerate(zip(shapes, answer.proofs, strict=True)):
                    value_set.verify(shape, about, answer.question, p, ciphertexts, self.ballot_key, proof)
            except ValueError as error:
                return Fault(item.index, "proof", f"question {answer.question}: {error}")
        return None
