/**
 * ristretto255 (document 01): elements, scalars, canonical decoding only. Knows no proof.
 *
 * Operations named `vartime_...` take time that depends on their inputs and are for public values.
 * The others use the library's regular-time paths, as regular as JavaScript's integers allow ([01.8]).
 */
import { mulAddUnsafe } from "@noble/curves/abstract/curve.js";
import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { bytesToNumberLE, numberToBytesLE } from "@noble/curves/utils.js";

import { Refusal } from "./refusal.js";

const Point = ristretto255.Point;
type Point = InstanceType<typeof Point>;

/** The group order L = 2^252 + 27742317777372353535851937790883648493 ([01.1]). */
export const L: bigint = Point.Fn.ORDER;

declare const scalar_brand: unique symbol;
/** An integer from 0 to L - 1. */
export type Scalar = bigint & { readonly [scalar_brand]: true };

function reduced(value: bigint): Scalar {
  const remainder = value % L;
  return (remainder < 0n ? remainder + L : remainder) as Scalar;
}

/** Exactly 32 little-endian bytes below L ([01.4]). */
export function scalar_from_canonical_bytes(bytes: Uint8Array): Scalar {
  if (bytes.length !== 32) throw new Refusal("01.4", `a scalar has 32 bytes, not ${bytes.length}`);
  const value = bytesToNumberLE(bytes);
  if (value >= L) throw new Refusal("01.4", "a scalar must be below the group order");
  return value as Scalar;
}

/** 64 little-endian bytes modulo L ([01.5]). */
export function scalar_from_wide_bytes(bytes: Uint8Array): Scalar {
  if (bytes.length !== 64) throw new Refusal("01.5", `64 bytes are reduced to a scalar, not ${bytes.length}`);
  return reduced(bytesToNumberLE(bytes));
}

export function scalar_from_integer(value: bigint | number): Scalar {
  return reduced(BigInt(value));
}

export function scalar_to_bytes(scalar: Scalar): Uint8Array {
  return numberToBytesLE(scalar, 32);
}

export function scalar_sum(scalars: readonly Scalar[]): Scalar {
  return reduced(scalars.reduce((sum, scalar) => sum + scalar, 0n));
}

export function scalar_subtract(left: Scalar, right: Scalar): Scalar {
  return reduced(left - right);
}

export function scalar_multiply(left: Scalar, right: Scalar): Scalar {
  return reduced(left * right);
}

/** The inverse of a public scalar other than zero. */
export function vartime_scalar_invert(scalar: Scalar): Scalar {
  return Point.Fn.inv(scalar) as Scalar;
}

/** An element of the group. What is decoded or encoded is never the identity; sums may be ([01.6]). */
export class Element {
  /** [01.2] */
  static readonly G = new Element(Point.BASE);
  static readonly IDENTITY = new Element(Point.ZERO);

  readonly #point: Point;
  #bytes: Uint8Array | undefined;

  private constructor(point: Point) {
    this.#point = point;
  }

  /** Exactly the 32 canonical bytes of an element other than the identity ([01.3], [01.6]). */
  static from_canonical_bytes(bytes: Uint8Array): Element {
    if (bytes.length !== 32) throw new Refusal("01.3", `an element has 32 bytes, not ${bytes.length}`);
    let point: Point;
    try {
      point = Point.fromBytes(bytes);
    } catch {
      throw new Refusal("01.3", "the bytes are no canonical element");
    }
    const element = new Element(point);
    if (element.is_identity()) throw new Refusal("01.6", "the identity is not accepted");
    element.#bytes = Uint8Array.from(bytes);
    return element;
  }

  /** The element of 64 uniform bytes ([01.7]). */
  static derive(bytes: Uint8Array): Element {
    if (bytes.length !== 64) throw new Refusal("01.7", `an element is derived from 64 bytes, not ${bytes.length}`);
    if (ristretto255_hasher.deriveToCurve === undefined) throw new Error("the library lost its element derivation");
    return new Element(ristretto255_hasher.deriveToCurve(bytes));
  }

  /** The canonical bytes; the identity is never sent ([01.6]). */
  to_bytes(): Uint8Array {
    if (this.#bytes === undefined) {
      if (this.is_identity()) throw new Refusal("01.6", "the identity is not sent");
      this.#bytes = this.#point.toBytes();
    }
    return Uint8Array.from(this.#bytes);
  }

  is_identity(): boolean {
    return this.#point.is0();
  }

  equals(other: Element): boolean {
    return this.#point.equals(other.#point);
  }

  add(other: Element): Element {
    return new Element(this.#point.add(other.#point));
  }

  subtract(other: Element): Element {
    return new Element(this.#point.subtract(other.#point));
  }

  /** Regular-time multiplication by a secret scalar. The library refuses zero, so zero costs what one does. */
  multiply(scalar: Scalar): Element {
    const product = new Element(this.#point.multiply(scalar === 0n ? 1n : scalar));
    return scalar === 0n ? Element.IDENTITY : product;
  }

  /** `sum scalars[i] elements[i]` of public values. */
  static vartime_multiscalar(scalars: readonly Scalar[], elements: readonly Element[]): Element {
    return new Element(
      mulAddUnsafe(
        Point,
        elements.map((element) => element.#point),
        [...scalars],
      ),
    );
  }

  static sum(elements: readonly Element[]): Element {
    return elements.reduce((sum, element) => sum.add(element), Element.IDENTITY);
  }
}

/** A scalar that must not be printed, logged or serialised by accident. */
export class SecretScalar {
  readonly #scalar: Scalar;

  constructor(scalar: Scalar) {
    this.#scalar = scalar;
  }

  /** The value, for arithmetic inside a function that proves or signs. */
  reveal(): Scalar {
    return this.#scalar;
  }

  public_key(): Element {
    return Element.G.multiply(this.#scalar);
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): never {
    throw new TypeError("a secret scalar is not serialised");
  }
}
