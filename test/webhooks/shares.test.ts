import { describe, expect, it } from 'vitest';
import { maxAtOnce, Shares } from '../../src/webhooks/shares.ts';
import { sampleWebhook } from '../store/samples.ts';

let hosts = 0;
const of = (caller: string, host = `https://h${hosts++}.example`) =>
  sampleWebhook({ caller, url: { display: `${host}/x`, sealed: 's' } });

/** Lets a caller's webhooks take every place until none is granted. */
function fill(shares: Shares, caller: string, webhooks = 100): number {
  const all = Array.from({ length: webhooks }, () => of(caller));
  let taken = 0;
  for (let more = true; more; ) {
    more = false;
    const roomOf = shares.forClaim();
    for (const webhook of all)
      for (let room = roomOf(webhook); room > 0; room--) {
        shares.enter(webhook);
        taken++;
        more = true;
      }
  }
  return taken;
}

describe('the concurrency of attempts', () => {
  it('gives half to one caller, half of the rest to a second one, and never runs out', () => {
    const shares = new Shares();
    expect(fill(shares, 'first')).toBe(maxAtOnce / 2);
    expect(fill(shares, 'second')).toBe(maxAtOnce / 4);
    for (let number = 0; number < 6; number++) expect(fill(shares, `other ${number}`)).toBeGreaterThan(0);
  });

  it('is eight per webhook and sixteen per origin', () => {
    const shares = new Shares();
    expect(shares.forClaim()(of('a'))).toBe(8);
    const roomOf = shares.forClaim();
    const rooms = Array.from({ length: 3 }, () => roomOf(of('a', 'https://same.example')));
    expect(rooms).toEqual([8, 8, 0]);
  });

  it('shrinks for a receiver that timed out until it answers', () => {
    const shares = new Shares();
    const webhook = of('a');
    shares.enter(webhook)(true);
    expect(shares.forClaim()(webhook)).toBe(1);
    shares.enter(webhook)(false);
    expect(shares.forClaim()(webhook)).toBe(8);
    expect(shares.free).toBe(maxAtOnce);
  });
});
