import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isId } from '../../src/domain/ids.ts';
import { eventId, eventPlace } from '../../src/store/event-id.ts';

const position = fc.oneof(
  fc.integer({ min: 1, max: 5000 }),
  fc.maxSafeNat().filter((each) => each > 0),
);
const salt = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 13, maxLength: 13 });
const place = fc.record({ position, salt });

describe('event ids', () => {
  it('are well-formed, sort by position and decode to it', () => {
    fc.assert(
      fc.property(place, place, (one, other) => {
        expect(isId('evt', eventId(one))).toBe(true);
        expect(eventPlace(eventId(one))).toEqual(one);
        if (one.position !== other.position) expect(eventId(one) < eventId(other)).toBe(one.position < other.position);
      }),
    );
  });

  it('of earlier versions keep their position and sort before later ones', () => {
    fc.assert(
      fc.property(position, position, salt, (old, more, salt) => {
        const earlier = eventId({ position: old, salt: null });
        expect(isId('evt', earlier)).toBe(true);
        expect(eventPlace(earlier)).toEqual({ position: old, salt: null });
        expect(earlier < eventId({ position: Math.min(old + more, Number.MAX_SAFE_INTEGER), salt })).toBe(true);
      }),
    );
  });

  it('are distinguished from other text', () => {
    for (const text of ['', 'evt_', 'mig_00000000000000000000000001', 'evt_0000000000000000000000000l', 'evt_1'])
      expect(eventPlace(text)).toBeNull();
  });
});
