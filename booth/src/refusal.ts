/** The specification forbids what was given. `clause` is the label in docs/protocol that does. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly clause: string,
    reason: string,
  ) {
    super(`${reason} [${clause}]`);
  }
}

/** Element `index` of `list`; a wrong index is a mistake of this program, not of its input. */
export function item<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError(`no item ${index} in a list of ${list.length}`);
  return value;
}

/** The values of two lists of one length, side by side. */
export function paired<A, B>(left: readonly A[], right: readonly B[]): [A, B][] {
  if (left.length !== right.length) throw new RangeError(`lists of ${left.length} and ${right.length} items`);
  return left.map((value, index) => [value, item(right, index)]);
}
