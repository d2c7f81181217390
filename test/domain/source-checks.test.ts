import { describe, expect, it } from 'vitest';
import type { SourceRequest } from '../../src/domain/request-schema.ts';
import { linkEnd, looksStriped, sourceConflicts } from '../../src/domain/source-checks.ts';

const now = Date.UTC(2026, 10, 28, 12);
const objects = (...keys: string[]): SourceRequest => ({ type: 'object_storage', bucket: 'acme', keys });
const links = (...urls: string[]): SourceRequest => ({ type: 'url', urls });
const host = 'https://acme-1250000000.cos.ap-guangzhou.myqcloud.com';

describe('a path that resolves to another object', () => {
  it.each([
    [objects('prod/../other/orders.bak'), '/source/keys/0'],
    [objects('a.bak', './b.bak'), '/source/keys/1'],
    [objects('prod/%2e%2E/orders.bak'), '/source/keys/0'],
    [objects('prod/.%2e/orders.bak'), '/source/keys/0'],
    [objects('prod\\..\\orders.bak'), '/source/keys/0'],
    [links(`${host}/prod/../orders.bak?sign=1`), '/source/urls/0'],
    [links(`${host}/prod/%2e%2e/orders.bak`), '/source/urls/0'],
    [links(`${host}/./orders.bak`), '/source/urls/0'],
  ])('is rejected: %j', (source, pointer) => {
    expect(sourceConflicts(source, now)).toEqual([{ pointer, detail: expect.stringContaining('another object') }]);
  });

  it.each([
    objects('prod/..bak', 'prod/.hidden.bak', 'prod//orders.bak', 'a...b/x.bak', '...'),
    links(`${host}/prod/..bak?path=/../x`, `${host}//orders.bak#/../`),
  ])('is accepted when the dots belong to a name: %j', (source) => {
    expect(sourceConflicts(source, now)).toEqual([]);
  });
});

describe('the expiry of a signed link', () => {
  const at = (ms: number) => Math.floor(ms / 1000);
  it.each<[string, string, number | null]>([
    ['a COS signature', `?q-sign-algorithm=sha1&q-sign-time=1;${at(now) - 60}&q-signature=x`, now - 60_000],
    ['an OSS or OBS signature', `?Expires=${at(now) + 60}&OSSAccessKeyId=x&Signature=y`, now + 60_000],
    ['an OSS V4 signature', '?x-oss-date=20261128T110000Z&x-oss-expires=1800', Date.UTC(2026, 10, 28, 11, 30)],
    ['an AWS V4 signature', '?X-Amz-Date=20261128T110000Z&X-Amz-Expires=7200', Date.UTC(2026, 10, 28, 13)],
    ['an Azure signature', '?sv=1&se=2026-11-28T11%3A00%3A00Z&sig=x', Date.UTC(2026, 10, 28, 11)],
    ['an unrelated `se` parameter', '?se=2026-11-28T11:00:00Z', null],
    ['no expiry', '?x=1', null],
    ['an unreadable expiry', '?Expires=soon&X-Amz-Expires=60', null],
  ])('is read from a link with %s', (_title, query, end) => {
    expect(linkEnd(`${host}/a.bak${query}`)).toBe(end);
    const refused = sourceConflicts(links('https://x.example/a.bak', `${host}/a.bak${query}`), now);
    expect(refused.map(({ pointer }) => pointer)).toEqual(end !== null && end <= now ? ['/source/urls/1'] : []);
    if (refused[0]) expect(refused[0].detail).toContain(new Date(end ?? 0).toISOString());
  });
});

describe('stripes of one backup', () => {
  it.each([
    [['orders_1.bak', 'orders_2.bak', 'orders_3.bak', 'orders_4.bak'], []],
    [['prod/orders-1-of-4.bak', 'prod/orders-2-of-4.bak'], []],
    [['orders_1of2.bak'], []],
    [['orders.part2.bak', 'orders.part1.bak'], []],
    [['a.bak', 'b.bak'], ['orders']],
    [
      ['orders_stripe0.bak', 'orders_stripe1.bak'],
      ['orders', 'sales'],
    ],
  ])('%j for the databases %j are reported', (keys, databases) => {
    expect(looksStriped(objects(...keys), databases)).toBe(true);
  });

  it.each([
    [['orders.bak', 'sales.bak'], []],
    [
      ['app_1.bak', 'app_2.bak'],
      ['app_1', 'app_2'],
    ],
    [['db1.bak', 'db2.bak'], []],
    [['orders_20261121.bak', 'orders_20261122.bak'], []],
    [['orders_7.bak', 'orders_9.bak'], []],
    [['orders_1.bak'], ['orders']],
    [['orders-1-of-1.bak'], ['orders']],
  ])('%j for the databases %j are not reported', (keys, databases) => {
    expect(looksStriped(objects(...keys), databases)).toBe(false);
  });
});
