/** W3C Trace Context: a `traceparent` header. */
export interface TraceParent {
  /** 32 hex digits, not all zero. */
  readonly traceId: string;
  /** 16 hex digits, not all zero. */
  readonly spanId: string;
  readonly sampled: boolean;
  /** `tracestate` as received; it is passed on with the spans. */
  readonly state?: string;
}

/** Maximum length; a longer one is dropped. Everybody must accept 512. */
const maxState = 1024;

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const zeros = /^0+$/;

/** Parses a header; null if it is absent or malformed. Later versions are parsed as far as they agree with this one. */
export function readTraceParent(header: string | undefined, state?: string): TraceParent | null {
  const [, version, traceId, spanId, flags, more] = form.exec(header?.trim() ?? '') ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return null;
  if (version === 'ff' || (version === '00' && more !== undefined)) return null;
  if (zeros.test(traceId) || zeros.test(spanId)) return null;
  const noted = state !== undefined && state.length <= maxState ? { state } : {};
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1, ...noted };
}

/** The header for this span. */
export function writeTraceParent({ traceId, spanId, sampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
