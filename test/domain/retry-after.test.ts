import { describe, expect, it } from 'vitest';
import { maxRetryAfterMs, readRetryAfter } from '../../src/domain/retry-after.ts';
import { alibaba } from '../../src/providers/alibaba/index.ts';
import { huawei } from '../../src/providers/huawei/index.ts';
import { tencent } from '../../src/providers/tencent/index.ts';
import { request } from '../transport/fixtures.ts';

const now = Date.UTC(2026, 10, 28, 12);
const date = (ms: number) => new Date(now + ms).toUTCString();

describe('Retry-After', () => {
  it.each<[string, number | undefined]>([
    ['0', 0],
    ['7', 7000],
    ['1.5', 1500],
    [' 7 ', 7000],
    ['999999', maxRetryAfterMs],
    ['99999999999999999999', undefined],
    ['-1', undefined],
    ['soon', undefined],
    ['', undefined],
    ['2100', maxRetryAfterMs],
    [date(9000), 9000],
    [date(-9000), 0],
    ['Thu, 31 Dec 2099 23:59:59 GMT', maxRetryAfterMs],
    ['2026-11-28', undefined],
  ])('%j is %s ms', (value, expected) => {
    expect(readRetryAfter({ 'retry-after': value }, now)).toBe(expected);
  });

  it('with a date is measured against the sender’s clock', () => {
    const hour = 3_600_000;
    expect(readRetryAfter({ 'retry-after': date(hour + 5000), date: date(hour) }, now)).toBe(5000);
  });

  it.each([
    ['alibaba', alibaba],
    ['huawei', huawei],
    ['tencent', tencent],
  ] as const)('is read in the same way by %s, on 429 and on 503', (_name, provider) => {
    for (const httpStatus of [429, 503]) {
      const waits = ['20', date(20_000), '999999', 'Thu, 31 Dec 2099 23:59:59 GMT'].map(
        (value) =>
          provider.failureOf(request('write'), {
            httpStatus,
            headers: { 'retry-after': value },
            body: '',
            receivedAt: now,
          })?.retryAfterMs,
      );
      expect(waits, `HTTP ${httpStatus}`).toEqual([20_000, 20_000, maxRetryAfterMs, maxRetryAfterMs]);
    }
  });
});
