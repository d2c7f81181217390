import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isId } from '../../src/domain/ids.ts';
import { eventId, eventPosition } from '../../src/store/event-id.ts';

const position = fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.maxSafeNat());

describe('event ids', () => {
  it('are well-formed, sort as positions do, and give the position back', () => {
    fc.assert(
      fc.property(position, position, (one, other) => {
        expect(isId('evt', eventId(one))).toBe(true);
        expect(eventPosition(eventId(one))).toBe(one);
        expect(eventId(one) < eventId(other)).toBe(one < other);
      }),
    );
  });

  it('are told from other texts', () => {
    for (const text of ['', 'evt_', 'mig_00000000000000000000000001', 'evt_0000000000000000000000000l', 'evt_1'])
      expect(eventPosition(text)).toBeNull();
  });

  it('beyond any position stand for the last one', () => {
    expect(eventPosition(`evt_${'z'.repeat(26)}`)).toBe(Number.MAX_SAFE_INTEGER);
  });
});
