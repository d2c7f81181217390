/** The content of a `traceparent` header (W3C Trace Context). */
export interface TraceParent {
  /** Trace id as 32 hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** Span id as 16 hexadecimal digits, not all zero. */
  readonly spanId: string;
  readonly sampled: boolean;
  /** `tracestate` as received. It is exported with the spans. */
  readonly state?: string;
}

/** Maximum length of `tracestate` in characters. A longer one is dropped; the specification requires support for 512. */
const maxState = 1024;

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const zeros = /^0+$/;

/** Parses a `traceparent` header. Returns null if it is absent or malformed. Of a later version it reads the parts that version 00 defines. */
export function readTraceParent(header: string | undefined, state?: string): TraceParent | null {
  const [, version, traceId, spanId, flags, more] = form.exec(header?.trim() ?? '') ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return null;
  if (version === 'ff' || (version === '00' && more !== undefined)) return null;
  if (zeros.test(traceId) || zeros.test(spanId)) return null;
  const noted = state !== undefined && state.length <= maxState ? { state } : {};
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1, ...noted };
}

/** Formats the `traceparent` header of a span. */
export function writeTraceParent({ traceId, spanId, sampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
