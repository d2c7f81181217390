import { describe, expect, it } from 'vitest';
import { blockedBy, cleared } from '../../src/domain/aggregate.ts';
import { lossOf, permission } from '../../src/domain/lifecycle.ts';
import { clearedBy, reasonEntry, reasons } from '../../src/domain/reasons.ts';
import { tencent } from '../../src/providers/tencent/index.ts';
import { sampleBackup, sampleCall, sampleMigration } from '../support/samples.ts';

/** A running restore at a vendor that cannot cancel it. */
const running = sampleMigration({
  provider: 'tencent',
  state: 'restoring',
  backups: [sampleBackup({ state: 'restoring' })],
  calls: [sampleCall({ state: 'accepted' })],
});

describe('the catalogue of reasons', () => {
  it.each(reasons)('decides whether %s allows retry and cancel', (code) => {
    const { retry, cancelEndsRecord } = reasonEntry(code);
    const blocked = blockedBy(running, { code, detail: 'For the test.' });
    const cancelling = { ...blocked, cancelRequested: true, state: 'cancelling' } as const;
    const unsettled = { ...blocked, calls: [sampleCall({ state: 'unknown' })] };

    expect(permission('retry', blocked, tencent).allowed).toBe(retry !== 'never');
    expect(permission('retry', cancelling, tencent).allowed).toBe(retry === 'always');
    expect(permission('cancel', blocked, tencent).allowed).toBe(cancelEndsRecord !== 'never');
    expect(lossOf(unsettled) !== undefined).toBe(cancelEndsRecord === 'always');
  });

  it.each(reasons)('names an event that clears %s and then shows the remaining reason', (code) => {
    const { clearedBy: events } = reasonEntry(code);
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) {
      const [left] = reasons.filter((each) => !clearedBy(event).includes(each));
      const blocked = [left, code].reduce(
        (before, each) => (each ? blockedBy(before, { code: each, detail: 'For the test.' }) : before),
        running,
      );
      const after = cleared(blocked, event);
      expect(after.blocking.map((note) => note.code)).toEqual([left]);
      expect(after.stateReason).toBe(left);
    }
  });

  it('does not let an observation clear a reason that the caller has to resolve', () => {
    for (const code of ['backup_failed', 'cutover_refused', 'awaiting_upload', 'outcome_unknown'] as const)
      expect(clearedBy('observation')).not.toContain(code);
  });
});
