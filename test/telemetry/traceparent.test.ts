import { describe, expect, it } from 'vitest';
import { readTraceParent, writeTraceParent } from '../../src/telemetry/traceparent.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

describe('a traceparent header', () => {
  it.each([
    [`00-${traceId}-${spanId}-01`, true],
    [`00-${traceId}-${spanId}-00`, false],
    [`00-${traceId}-${spanId}-03`, true],
    [`cc-${traceId}-${spanId}-01-what-comes-later`, true],
  ])('%s is accepted', (header, sampled) => {
    expect(readTraceParent(header)).toEqual({ traceId, spanId, sampled });
  });

  it.each([
    undefined,
    '',
    traceId,
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}`,
    `00-${traceId}-${spanId}-0g`,
  ])('%s is ignored', (header) => {
    expect(readTraceParent(header)).toBeNull();
  });

  it('is written in the format it is read', () => {
    for (const sampled of [true, false]) {
      const parent = { traceId, spanId, sampled };
      expect(readTraceParent(writeTraceParent(parent))).toEqual(parent);
    }
  });
});
