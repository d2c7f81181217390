/** The preferences in `Prefer` (RFC 7240) of a submission. */
export interface Preference {
  readonly waitMs: number;
  /** Value of `Preference-Applied`; null: no preference is applied. */
  readonly applied: string | null;
}

export interface WaitLimits {
  readonly defaultSeconds: number;
  readonly maxSeconds: number;
}

/**
 * Reads `Prefer`: `respond-async` answers at once, `wait=N` waits N seconds, both together wait N seconds. A longer wait is reduced to the
 * limit, and `Preference-Applied` shows the limit. Unknown and malformed preferences are ignored, as the RFC requires.
 */
export function readPrefer(header: string | undefined, limits: WaitLimits): Preference {
  const preferences = parsePrefer(header ?? '');
  const async = preferences.has('respond-async');
  const asked = preferences.get('wait') ?? '';
  const wait = /^\d{1,9}$/.test(asked) ? Math.min(Number(asked), limits.maxSeconds) : null;
  const applied = [...(async ? ['respond-async'] : []), ...(wait === null ? [] : [`wait=${wait}`])];
  const seconds = wait ?? (async ? 0 : limits.defaultSeconds);
  return { waitMs: seconds * 1000, applied: applied.length === 0 ? null : applied.join(', ') };
}

const preferencePattern =
  /(?:^|,)\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\s*=\s*("(?:[^"\\]|\\.)*"|[^\s",;]*))?(?:\s*;[^,]*)?\s*(?=,|$)/g;

/** Values by name in lower case; the first of several equal names counts. */
function parsePrefer(header: string): ReadonlyMap<string, string> {
  const preferences = new Map<string, string>();
  for (const [, name = '', value = ''] of header.slice(0, 1024).matchAll(preferencePattern)) {
    const key = name.toLowerCase();
    const text = value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value;
    if (!preferences.has(key)) preferences.set(key, text);
  }
  return preferences;
}
