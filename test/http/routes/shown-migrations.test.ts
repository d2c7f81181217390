import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/domain/problem.ts';
import { createShownMigrations } from '../../../src/http/routes/shown-migrations.ts';
import { testApp } from '../support/app.ts';
import { aMigration, aRuntime, idOf } from '../support/fixtures.ts';

const path = `/migrations/${idOf('mig', 1)}`;

describe('a migration that was shown before', () => {
  it('is shown with the same bytes while its version is unchanged', async () => {
    const { call, service } = await testApp();
    const first = await call('GET', path);
    service.getUnless = async () => null;
    service.get = async () => aMigration({ description: 'never read' });
    const second = await call('GET', path);
    expect(second.body).toBe(first.body);
    expect(second.headers).toMatchObject({ etag: first.headers.etag, 'retry-after': first.headers['retry-after'] });
    expect((await call('GET', path, { headers: { 'if-none-match': `${first.headers.etag}` } })).statusCode).toBe(304);
  });

  it('is shown with its changes after a change', async () => {
    const { call, service } = await testApp();
    await call('GET', path);
    service.getUnless = async (known) => {
      expect(known).toMatchObject({ id: idOf('mig', 1), version: 3, account: 'ali-main' });
      return aMigration({ version: 4, description: 'changed' });
    };
    const second = await call('GET', path);
    expect(second.json()).toMatchObject({ description: 'changed' });
    expect(second.headers.etag).toBe(`"${idOf('mig', 1)}.4"`);
  });

  it('is not shown to a caller whom the service rejects', async () => {
    const { call, service } = await testApp();
    await call('GET', path);
    service.getUnless = async () => {
      throw new Problem('not_found', 'No such migration exists.');
    };
    expect((await call('GET', path)).statusCode).toBe(404);
  });
});

describe('a list of migrations', () => {
  it('reuses representations of unchanged versions and says whether a page follows', async () => {
    const { call, service } = await testApp();
    const made = [1, 2, 3].map((n) => aMigration({ id: idOf('mig', n) }));
    const asked: unknown[] = [];
    service.list = async (_filter, page, _context, kept) => {
      const chosen = made.slice(0, page.size).map((each) => kept(each.id, each.version) ?? each);
      asked.push(...chosen);
      return chosen;
    };
    const first = await call('GET', '/migrations?pageSize=2');
    expect(first.json().items.map(({ id }: { id: string }) => id)).toEqual([idOf('mig', 1), idOf('mig', 2)]);
    expect(first.json().nextPageToken).toEqual(expect.any(String));
    const second = await call('GET', '/migrations?pageSize=2');
    expect(second.body).toBe(first.body);
    expect(asked.slice(3)).toMatchObject([{ text: expect.any(String) }, { text: expect.any(String) }, made[2] ?? {}]);
    made[0] = aMigration({ id: idOf('mig', 1), version: 9, description: 'changed' });
    expect((await call('GET', '/migrations?pageSize=2')).json().items[0]).toMatchObject({ description: 'changed' });
  });
});

describe('the cache of representations', () => {
  const answer = (body: string) => ({ status: 200, headers: {}, body });

  it('holds the newest version with all its representations', () => {
    const shown = createShownMigrations(aRuntime());
    shown.keep(aMigration({ version: 2 }), { answer: answer('two') });
    shown.keep(aMigration({ version: 2 }), { item: 'one of many' });
    shown.keep(aMigration({ version: 1 }), { item: 'late' });
    expect(shown.find(idOf('mig', 1))).toMatchObject({ version: 2, answer: answer('two'), item: 'one of many' });
    shown.keep(aMigration({ version: 3 }), { item: 'three' });
    expect(shown.find(idOf('mig', 1))).toMatchObject({ version: 3, item: 'three' });
    expect(shown.find(idOf('mig', 1))).not.toHaveProperty('answer');
  });

  it('drops a representation after a minute', () => {
    const runtime = aRuntime();
    const shown = createShownMigrations(runtime);
    shown.keep(aMigration(), { item: 'text' });
    runtime.advance(59_000);
    shown.keep(aMigration(), { answer: answer('beside it') });
    expect(shown.find(idOf('mig', 1))).toBeDefined();
    runtime.advance(2000);
    expect(shown.find(idOf('mig', 1))).toBeUndefined();
  });

  it('is bounded and drops the least recently used first', () => {
    const shown = createShownMigrations(aRuntime());
    const item = 'x'.repeat(400_000);
    for (let n = 1; n <= 200; n++) {
      shown.keep(aMigration({ id: idOf('mig', n) }), { item });
      shown.find(idOf('mig', 1));
    }
    const kept = Array.from({ length: 200 }, (_, n) => shown.find(idOf('mig', n + 1))).filter(Boolean);
    expect(kept).toHaveLength(20);
    expect(shown.find(idOf('mig', 1))).toBeDefined();
    shown.keep(aMigration(), { item: 'x'.repeat(500_001) });
    expect(shown.find(idOf('mig', 1))).toBeUndefined();
  });
});
