import { describe, expect, it } from 'vitest';
import { acceptQuality, prefersHtml } from '../../../src/http/request/accept.ts';
import { canonicalJson } from '../../../src/http/request/canonical-json.ts';
import { acceptedTags, notModified, readTags } from '../../../src/http/request/entity-tag.ts';
import { headerText } from '../../../src/http/request/header-text.ts';
import { readIdempotencyKey, requestFingerprint } from '../../../src/http/request/idempotency-key.ts';
import { filterDigest, readPageToken, writePageToken } from '../../../src/http/request/page-token.ts';
import { readPrefer } from '../../../src/http/request/prefer.ts';

describe('Prefer', () => {
  const limits = { defaultSeconds: 10, maxSeconds: 20 };
  it.each([
    [undefined, 10_000, null],
    ['', 10_000, null],
    ['respond-async', 0, 'respond-async'],
    ['Respond-Async', 0, 'respond-async'],
    ['wait=5', 5000, 'wait=5'],
    ['wait = 5', 5000, 'wait=5'],
    ['wait="5"', 5000, 'wait=5'],
    ['wait=0', 0, 'wait=0'],
    ['wait=60', 20_000, 'wait=20'],
    ['wait=99999999999', 10_000, null],
    ['wait=-1', 10_000, null],
    ['wait=soon', 10_000, null],
    ['wait', 10_000, null],
    ['respond-async, wait=3', 3000, 'respond-async, wait=3'],
    ['wait=3;x=y, respond-async', 3000, 'respond-async, wait=3'],
    ['wait=3, wait=7', 3000, 'wait=3'],
    ['return=minimal, handling=lenient', 10_000, null],
    ['return="a, wait=3"', 10_000, null],
    [',,wait=4', 4000, 'wait=4'],
  ])('%s waits %i ms and applies %s', (header, waitMs, applied) =>
    expect(readPrefer(header, limits)).toEqual({ waitMs, applied }),
  );
});

describe('Idempotency-Key', () => {
  it.each([
    [undefined, null],
    ['abc', 'abc'],
    ['"abc"', 'abc'],
    ['"a\\"b\\\\c"', 'a"b\\c'],
    [' 8e03978e-40d5-43dd-bc93-6894a57f9324 ', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['x'.repeat(255), 'x'.repeat(255)],
  ])('%s means the key %s', (header, key) => expect(readIdempotencyKey(header)).toBe(key));

  it.each([
    '',
    '""',
    'a b',
    '"a b"',
    '"abc',
    'abc"',
    'a"b',
    'x'.repeat(256),
    `"${'x'.repeat(256)}"`,
    'schlüssel',
    'a, b',
  ])('%s is rejected with the header’s name', (header) => {
    expect(() => readIdempotencyKey(header)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        extras: { errors: [expect.objectContaining({ parameter: 'Idempotency-Key' })] },
      }),
    );
  });
});

describe('the fingerprint of a request', () => {
  const fingerprint = requestFingerprint('POST', '/migrations', { a: 1, b: [1, 2] });
  it('does not depend on the order of members', () =>
    expect(requestFingerprint('POST', '/migrations', { b: [1, 2], a: 1 })).toBe(fingerprint));
  it.each([
    ['PATCH', '/migrations', { a: 1, b: [1, 2] }],
    ['POST', '/migrations?dryRun=false', { a: 1, b: [1, 2] }],
    ['POST', '/migrations', { a: 1, b: [2, 1] }],
    ['POST', '/migrations', { a: '1', b: [1, 2] }],
    ['POST', '/migrations', undefined],
  ])('differs for %s %s %j', (method, url, body) =>
    expect(requestFingerprint(method, url, body)).not.toBe(fingerprint),
  );
  it('is hex SHA-256', () => expect(fingerprint).toMatch(/^[0-9a-f]{64}$/));
});

describe('canonical JSON', () => {
  it.each([
    [{ b: 1, a: { d: null, c: 'x' } }, '{"a":{"c":"x","d":null},"b":1}'],
    [[3, { z: 1, y: undefined }], '[3,{"z":1}]'],
    ['ü', '"ü"'],
    [undefined, 'null'],
  ])('of %j is %s', (value, text) => expect(canonicalJson(value)).toBe(text));
});

describe('entity tags', () => {
  it.each([
    ['"a"', ['a']],
    ['"a", "b"', ['a', 'b']],
    ['W/"a", "b"', ['b']],
    ['W/"a"', []],
    ['*', null],
    [undefined, null],
  ])('If-Match: %s accepts %j', (header, accepted) =>
    expect(acceptedTags(readTags('If-Match', header))).toEqual(accepted),
  );

  it.each([
    ['"a"', true],
    ['W/"a"', true],
    ['"b", "a"', true],
    ['"b"', false],
    ['*', true],
    [undefined, false],
  ])('If-None-Match: %s is %s of "a"', (header, same) =>
    expect(notModified(readTags('If-None-Match', header), 'a')).toBe(same),
  );

  it.each(['a', '"a', '', 'w/"a"', '"a" "b"'])('%s is rejected', (header) => {
    expect(() => readTags('If-Match', header)).toThrow(/If-Match: must be/);
  });
});

describe('Accept', () => {
  it.each([
    [undefined, 1],
    ['', 1],
    ['*/*', 1],
    ['application/json', 1],
    ['application/*;q=0.5', 0.5],
    ['text/html', 0],
    ['text/html, */*;q=0.1', 0.1],
    ['application/json;q=0', 0],
    ['application/json;q=0, */*', 0],
    ['APPLICATION/JSON; charset=utf-8', 1],
    ['application/json;q=0.2, application/json', 1],
    ['rubbish', 0],
  ])('%s wants JSON %d', (accept, quality) => expect(acceptQuality(accept, 'application/json')).toBe(quality));

  it.each([
    ['text/html,application/xhtml+xml,*/*;q=0.8', true],
    ['*/*', false],
    [undefined, false],
    ['application/json, text/html;q=0.9', false],
  ])('%s is a browser: %s', (accept, browser) => expect(prefersHtml(accept)).toBe(browser));
});

describe('page tokens', () => {
  const digest = filterDigest({ state: 'failed', provider: 'alibaba' });
  it('survive encoding and decoding', () =>
    expect(readPageToken(writePageToken('mig_1', digest), digest)).toBe('mig_1'));
  it('do not depend on the order of filters', () =>
    expect(filterDigest({ provider: 'alibaba', state: 'failed' })).toBe(digest));
  it('are valid only with their own filters', () =>
    expect(() => readPageToken(writePageToken('mig_1', digest), filterDigest({}))).toThrow(/other filters/));
  it.each([
    '',
    'x',
    '2.abc',
    Buffer.from('1.short.mig_1').toString('base64url'),
    Buffer.from(`1.${digest}.a b`).toString('base64url'),
  ])('%s is not a page token', (token) => expect(() => readPageToken(token, digest)).toThrow(/is not a token/));
});

describe('a repeated header', () => {
  it('is read as a list', () => expect(headerText(['a', 'b'])).toBe('a, b'));
});
