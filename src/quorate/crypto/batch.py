"""Many ballots checked as one sum (docs/protocol/05-value-set-proof.md, [05.11] and [05.12]).

Step one parses every ballot of a chunk into integers and recomputes every challenge. Only then are the
weights drawn, and one multiscalar multiplication decides. A chunk that fails is halved until each bad ballot
is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from quorate.crypto import schnorr, value_set
from quorate.crypto.ballot import BallotLike, Body, ciphertexts_hash, context, signature_transcript
from quorate.crypto.elgamal import Ciphertext
from quorate.crypto.encoding import Encoding
from quorate.crypto.transcript import SUITE, Layout, challenge_int, u64be
from quorate.group import GENERATOR, Element, L, Points

WEIGHT_BYTES = 16
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
    """One ballot as integers, ready to be weighted."""

    index: int
    points: bytes
    e: int
    s: int
    branches: list[tuple[list[int], list[int]]]  # for each proof, the challenges and responses
    tracker: bytes


class _Plan:
    """What ballots that answer the same questions have in common: layouts, shapes, the order of points."""

    def __init__(self, verifier: BatchVerifier, questions: tuple[int, ...]) -> None:
        self.questions = questions
        self.phi, self.key = verifier.phi, verifier.key
        self.shapes = [verifier.encodings[q].proofs for q in questions]
        self.places = [verifier.encodings[q].places for q in questions]
        body: list[tuple[str, int | tuple[int, ...] | None]] = [("phi", 32), ("credential", 32), ("prev", 32)]
        body.append(("answers", None))
        hashed: list[tuple[str, int | tuple[int, ...] | None]] = []
        for shapes, places in zip(self.shapes, self.places, strict=True):
            hashed += [("question", None), ("ciphertexts", (64,) * places)]
            body += [("question", None), ("ciphertexts", (64,) * places)]
            body.append(("proofs", tuple(shape.proof_bytes for shape in shapes)))
        self.body, self.hashed = Layout("ballot-body", body), Layout("ballot-ciphertexts", hashed)
        signature = [*value_set.BALLOT_CONTEXT, ("body_hash", 64), ("commitment", 32)]
        self.signature = Layout("ballot-signature", signature)
        self.proofs = [
            [
                (shape.layout(), len(shape.values), u64be(p), [*map(u64be, (*shape.values, *shape.weights))])
                for p, shape in enumerate(shapes)
            ]
            for shapes in self.shapes
        ]
        # the weighting step's view: per proof the values, and the (place, weight) pairs over all places
        self.terms: list[tuple[tuple[int, ...], list[tuple[int, int]]]] = []
        first = 0
        for shapes, places in zip(self.shapes, self.places, strict=True):
            for shape in shapes:
                pairs = [(first + i, w) for i, w in enumerate(shape.weights) if w]
                self.terms.append((shape.values, pairs))
            first += places
        self.all_places = first
        self.equations = 1 + sum(2 * len(values) for values, _ in self.terms)
        self.stride = 2 + 2 * first + sum(2 * len(values) for values, _ in self.terms)
        self.numbers = [u64be(q) for q in questions]

    def parse(self, index: int, ballot: BallotLike) -> _Parsed:
        """Recompute every challenge; _Bad for a wrong length [05.10] or a scalar of L or more [02.2]."""
        if ballot.phi != self.phi:
            raise _Bad("binding", "phi is that of another ballot")
        credential, prev, signature = ballot.credential, ballot.prev, ballot.signature
        body_values = [self.phi, credential, prev, u64be(len(self.questions))]
        hash_values: list[bytes] = []
        for number, answer in zip(self.numbers, ballot.answers, strict=True):
            hash_values += (number, *answer.ciphertexts)
            body_values += (number, *answer.ciphertexts, *answer.proofs)
        try:
            body = self.body.render(body_values)
            hashed = self.hashed.render(hash_values)
        except ValueError:
            raise _Bad("binding", self._misfit(ballot)) from None
        if len(signature) != 64:
            raise _Bad("signature", f"the signature has {len(signature)} bytes, not 64")
        about = (SUITE, self.phi, self.key, credential, prev, hashlib.sha512(hashed).digest())
        points, branches = [credential], []
        commitments: list[bytes] = []
        for number, answer, layouts in zip(self.numbers, ballot.answers, self.proofs, strict=True):
            points += answer.ciphertexts
            for (layout, n, p, fixed), proof in zip(layouts, answer.proofs, strict=True):
                fields = [proof[i : i + 32] for i in range(0, len(proof), 32)]
                own = fields[: 2 * n]
                commitments += own
                c = challenge_int(layout.render([*about, number, p, *fixed, *answer.ciphertexts, *own]))
                scalars = [int.from_bytes(field, "little") for field in fields[2 * n :]]
                if max(scalars) >= L:
                    raise _Bad("proof", f"question {answer.question}: a scalar of the proof is L or more")
                cs = scalars[: n - 1]
                cs.append((c - sum(cs)) % L)  # [05.4] the last challenge is never carried
                branches.append((cs, scalars[n - 1 :]))
        r, s = signature[:32], int.from_bytes(signature[32:], "little")
        if s >= L:
            raise _Bad("signature", "the signature's scalar is L or more")
        points += commitments
        points.append(r)
        body_hash = hashlib.sha512(body).digest()
        e = challenge_int(self.signature.render([*about, body_hash, r]))
        return _Parsed(index, b"".join(points), e, s, branches, hashlib.sha256(body).digest())

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
        """Whether every equation of these ballots holds, by one weighted sum [05.11]."""
        need = self.equations * len(parsed)
        pool = random(WEIGHT_BYTES * need)
        weights = [int.from_bytes(pool[i : i + 16], "little") for i in range(0, len(pool), 16)]
        while 0 in weights:
            weights = [w or int.from_bytes(random(16), "little") for w in weights]
        take = iter(weights).__next__
        g = y = 0
        scalars = [0, 0]
        places = 2 * self.all_places
        for item in parsed:
            w = take()
            g += w * item.s
            scalars.append(w * item.e % L)  # K
            sums = [0] * places
            carried: list[int] = []
            for (values, pairs), (cs, zs) in zip(self.terms, item.branches, strict=True):
                a = b = 0
                for v, c, z in zip(values, cs, zs, strict=True):
                    wx, wz = take(), take()
                    carried += (wx, wz)
                    wc = wz * c
                    a += wx * c
                    b += wc
                    g += wx * z + wc * v
                    y += wz * z
                for place, weight in pairs:
                    sums[2 * place] += a * weight
                    sums[2 * place + 1] += b * weight
            scalars += [value % L for value in sums]
            scalars += carried  # X and Z: short scalars
            scalars.append(w)  # R
        scalars[0:2] = (-g % L, -y % L)  # G and Y collect one scalar each
        data = b"".join([value.to_bytes(32, "little") for value in scalars])
        return points.msm_vartime(data).is_identity()


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
        """Add up each column of ciphertexts; the points are G, Y, then each ballot's in the order of parse.
        """
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
            schnorr.verify(credential, signature_transcript(about, body.to_bytes()), ballot.signature)
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
