import { beforeAll, describe, expect, it } from 'vitest';
import { terminalStates } from '../../../src/domain/vocabulary.ts';
import { vocabulary } from '../../../src/http/pages/board/catalogue.js';
import { awaitsUpload, isRemovable, shownOf } from '../../../src/http/pages/board/chain.js';
import { chosenFilters, filterOf, hrefOf } from '../../../src/http/pages/board/filters.js';

const query = (text: string) => new URLSearchParams(text);

describe('the filters of the list', () => {
  it('are the URL parameters that the API knows', () => {
    const url = 'state=failed&state=pending&provider=&account=ali-main&label.team=orders&utm_source=mail&id=mig_1';
    expect(`${filterOf(query(url))}`).toBe('state=failed&state=pending&account=ali-main&label.team=orders');
  });

  it('of the form keep the labels and start at the newest page', () => {
    const before = query('label.team=orders&state=failed&pageToken=abc');
    const entries: [string, string][] = [
      ['state', 'pending'],
      ['state', 'restoring'],
      ['provider', ''],
      ['account', 'ali-main'],
    ];
    expect(`${chosenFilters(entries, before)}`).toBe(
      'state=pending&state=restoring&account=ali-main&label.team=orders',
    );
  });

  it('remain when the user opens another page', () => {
    const here = query('state=failed&pageToken=abc');
    expect(hrefOf(here, 'def')).toBe('?state=failed&pageToken=def');
    expect(hrefOf(here, null)).toBe('?state=failed');
    expect(hrefOf(query('pageToken=abc'), null)).toBe('./');
    expect(`${here}`).toBe('state=failed&pageToken=abc');
  });
});

describe('the chain of a migration', () => {
  beforeAll(() => {
    vocabulary.terminalStates = [...terminalStates];
  });
  const chain = (length: number) =>
    Array.from({ length }, (_, place) => ({ id: place, type: place === 0 ? 'full' : 'log', state: 'restored' }));

  it('is shown in full when it is short', () => {
    expect(shownOf(chain(26), false)).toMatchObject({ hidden: 0 });
    expect(shownOf([], false)).toEqual({ shown: [], hidden: 0 });
  });

  it('shows its base, failed backups and the last 25 when it is long, until all are requested', () => {
    const long = chain(200).map((each) => (each.id === 40 ? { ...each, state: 'failed' } : each));
    const { shown, hidden } = shownOf(long, false);
    expect(shown.map(({ id }) => id)).toEqual([0, 40, ...Array.from({ length: 25 }, (_, place) => 175 + place)]);
    expect(hidden).toBe(173);
    expect(shownOf(long, true)).toEqual({ shown: long, hidden: 0 });
  });

  it.each([
    ['log', 'queued', 'restoring', true],
    ['log', 'failed', 'awaiting_backup', true],
    ['log', 'restoring', 'restoring', false],
    ['log', 'restored', 'awaiting_backup', false],
    ['full', 'failed', 'pending', false],
    ['log', 'queued', 'cancelled', false],
  ])('a %s backup that is %s in a migration that is %s: removable is %s', (type, state, of, removable) =>
    expect(isRemovable({ type, state }, { state: of })).toBe(removable),
  );

  it('offers an upload only while the vendor waits for the file', () => {
    const upload = { source: { type: 'upload' }, state: 'submitting' };
    const waiting = { blocking: [{ code: 'awaiting_upload' }] };
    expect(awaitsUpload(upload, waiting)).toBe(true);
    expect(awaitsUpload(upload, { blocking: [] })).toBe(false);
    expect(awaitsUpload({ ...upload, state: 'restored' }, waiting)).toBe(false);
    expect(awaitsUpload({ ...upload, source: { type: 'object_storage' } }, waiting)).toBe(false);
  });
});
