import type { CloudName } from './cloud.ts';

/**
 * The kinds of faults. `carriedOut`: whether the cloud executes the operation although the caller sees the fault. Such a fault tempts a
 * client to send the request twice.
 *
 * | kind | the caller sees |
 * |---|---|
 * | `throttled` | the vendor's throttling response |
 * | `unavailable_…`, `internal_error_…` | the vendor's 5xx response |
 * | `vendor_error_…` | any vendor error, by `code` (`status` and `message` optional) |
 * | `drop_…` | a closed connection without a response |
 * | `reset_…` | a reset connection |
 * | `delay_…` | the correct response, `ms` later |
 * | `garbage_html_…` | an HTML page with `status`, 200 by default |
 * | `truncated` | a complete HTTP response with half of its JSON |
 * | `cut_body` | half of the announced bytes, then a closed connection |
 * | `slow_body` | the correct response in small pieces over `ms` |
 * | `empty_body` | `status`, 200 by default, and no body |
 */
export const faultEffects = {
  throttled: { carriedOut: false },
  unavailable_before: { carriedOut: false },
  unavailable_after: { carriedOut: true },
  internal_error_before: { carriedOut: false },
  internal_error_after: { carriedOut: true },
  vendor_error_before: { carriedOut: false },
  vendor_error_after: { carriedOut: true },
  drop_before: { carriedOut: false },
  drop_after: { carriedOut: true },
  reset_before: { carriedOut: false },
  reset_after: { carriedOut: true },
  delay_before: { carriedOut: true },
  delay_after: { carriedOut: true },
  garbage_html_before: { carriedOut: false },
  garbage_html_after: { carriedOut: true },
  truncated: { carriedOut: true },
  cut_body: { carriedOut: true },
  slow_body: { carriedOut: true },
  empty_body: { carriedOut: true },
} as const satisfies Record<string, { carriedOut: boolean }>;

/** The name of a kind of fault. */
export type FaultKind = keyof typeof faultEffects;

const aliases: Readonly<Record<string, FaultKind>> = { garbage_html: 'garbage_html_after', reset: 'reset_before' };

/** A fault rule. For each request, the first rule that matches and fires applies. */
export interface FaultRule {
  readonly cloud: CloudName | '*';
  /** The vendor's name of the operation, or `*`. */
  readonly operation: string;
  readonly kind: FaultKind;
  /** Number of times that the rule fires. Default: once, or unlimited with `probability`. */
  readonly count?: number;
  /** Probability that the rule fires for a matching request. Default: 1. */
  readonly probability?: number;
  /** Number of matching requests to skip first. Default: 0. */
  readonly skip?: number;
  /** Duration in milliseconds, for the kinds that delay. Default: 1000. */
  readonly ms?: number;
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
}

/** The active fault rules, in order. */
export interface Faults {
  add(rule: FaultRule): void;
  /** Each rule with the number of times that it has fired. */
  list(): readonly (FaultRule & { readonly fired: number })[];
  clear(): void;
}

/** Keeps the rules and decides for each request. */
export interface FaultBook extends Faults {
  /** Returns the fault for this request and counts it as fired. Null: no rule fires. */
  take(cloud: CloudName, operation: string): FaultRule | null;
}

/** Creates an empty set of rules. The same seed and requests produce the same faults. */
export function createFaultBook(seed: number): FaultBook {
  const random = seededRandom(seed);
  let entries: { rule: FaultRule; fired: number; seen: number }[] = [];
  return {
    add: (rule) => void entries.push({ rule, fired: 0, seen: 0 }),
    list: () => entries.map(({ rule, fired }) => ({ ...rule, fired })),
    clear: () => {
      entries = [];
    },
    take: (cloud, operation) => {
      for (const entry of entries) {
        const { rule } = entry;
        if (rule.cloud !== '*' && rule.cloud !== cloud) continue;
        if (rule.operation !== '*' && rule.operation !== operation) continue;
        const limit = rule.count ?? (rule.probability === undefined ? 1 : Number.POSITIVE_INFINITY);
        if (entry.fired >= limit || entry.seen++ < (rule.skip ?? 0)) continue;
        if (rule.probability !== undefined && random() >= rule.probability) continue;
        entry.fired++;
        return rule;
      }
      return null;
    },
  };
}

/** Parses a rule from JSON. Returns an error message as text if the rule is invalid. */
export function readFaultRule(value: unknown): FaultRule | string {
  if (typeof value !== 'object' || value === null) return 'a rule must be an object';
  const { cloud = '*', operation = '*', kind, ...rest } = value as Readonly<Record<string, unknown>>;
  if (!isCloudOrAll(cloud)) return 'cloud must be alibaba, huawei, tencent or *';
  if (typeof operation !== 'string') return 'operation must be a name or *';
  const known = typeof kind === 'string' ? (aliases[kind] ?? kind) : '';
  if (!Object.hasOwn(faultEffects, known)) return `kind must be one of ${Object.keys(faultEffects).join(', ')}`;
  for (const [name, member] of Object.entries(rest)) {
    if (['code', 'message'].includes(name) ? typeof member === 'string' : isAmount(name, member)) continue;
    return `${name} is unknown or has a wrong value`;
  }
  if (known.startsWith('vendor_error') && rest.code === undefined) return 'a vendor_error needs a code';
  return { cloud, operation, kind: known as FaultKind, ...rest };
}

function isAmount(name: string, value: unknown): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return false;
  if (name === 'probability') return value <= 1;
  if (name === 'status') return Number.isInteger(value) && value >= 200 && value <= 599;
  return ['count', 'skip', 'ms'].includes(name) && Number.isInteger(value);
}

/** Whether `value` is the name of a cloud, or `*` for all clouds. */
export function isCloudOrAll(value: unknown): value is CloudName | '*' {
  return value === '*' || value === 'alibaba' || value === 'huawei' || value === 'tencent';
}

/** Marsaglia's xorshift generator on 32 bits. It produces the same numbers on every machine. */
function seededRandom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
