/** Compares two texts by their UTF-16 code units, the order of canonical requests. For `sort`. */
export function byCodeUnit(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
