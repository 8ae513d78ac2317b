/** What an attacker with a voter's own secret can build: entries that are wrong but correctly signed. */
import { type Body, ballot_signature_transcript } from "../src/ballot.js";
import type { Json } from "../src/canonical.js";
import { Element, L, type Scalar, type SecretScalar, scalar_from_integer } from "../src/group.js";
import { ballot_to_entry } from "../src/record.js";
import { item } from "../src/refusal.js";
import { sign } from "../src/signature.js";
import { text_of } from "../src/bytes.js";
import { type Proof, type Statement, proof_from_bytes, proof_to_bytes } from "../src/value_set.js";

/** A valid signature over any body, so that only what the body says can be refused. */
export function signed_entry(body: Body, ballot_key: Element, secret: SecretScalar, nonce: Scalar): string {
  return text_of(ballot_to_entry({ body, signature: sign(secret, ballot_signature_transcript(body, ballot_key), nonce) }));
}

/** A copy of the body with its first answer's parts replaced. */
export function with_answer(body: Body, change: Partial<Body["answers"][number]>): Body {
  const [first, ...rest] = body.answers;
  if (first === undefined) throw new RangeError("the body has no answer");
  return { ...body, answers: [{ ...first, ...change }, ...rest] };
}

/** A copy of the list with item `index` replaced. */
export function replaced<T>(list: readonly T[], index: number, value: T): T[] {
  return list.map((member, i) => (i === index ? value : member));
}

/** C9: every branch simulated, the challenges split as the attacker likes. */
export function proof_without_a_true_branch({ ciphertexts, context, values }: Statement, scalar: () => Scalar): Proof {
  const { A, B } = item(ciphertexts, 0);
  const branches = values.map((v) => {
    const c = scalar();
    const z = scalar();
    const shifted = B.subtract(Element.G.multiply(scalar_from_integer(v)));
    const X = Element.G.multiply(z).subtract(A.multiply(c));
    return { c, z, X, Z: context.ballot_key.multiply(z).subtract(shifted.multiply(c)) };
  });
  return {
    commitments: branches.map(({ X, Z }) => ({ X, Z })),
    challenges: branches.slice(0, -1).map(({ c }) => c),
    responses: branches.map(({ z }) => z),
  };
}

/** The 32-byte parts of a proof, changed by `change` and put together again. */
export function proof_with(proof: Proof, values: readonly bigint[], change: (parts: Uint8Array[]) => void): Proof {
  const bytes = proof_to_bytes(proof);
  const parts = Array.from({ length: bytes.length / 32 }, (_, i) => bytes.slice(32 * i, 32 * (i + 1)));
  change(parts);
  return proof_from_bytes(Uint8Array.from(parts.flatMap((part) => [...part])), values);
}

/** The encoding of `scalar + L`: the same residue, not canonical (C5). */
export function scalar_in_disguise(canonical: Uint8Array): Uint8Array {
  let value = L;
  for (let i = 31; i >= 0; i--) value += BigInt(item([...canonical], i)) << BigInt(8 * i);
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
}

/** Sets a value deep inside a JSON tree that `JSON.parse` gave. */
export function set_in(tree: Json, path: readonly (string | number)[], value: unknown): void {
  const last = item(path, path.length - 1);
  const parent = path.slice(0, -1).reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], tree);
  (parent as Record<string | number, unknown>)[last] = value;
}
