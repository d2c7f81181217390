import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/domain/problem.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createTextCipher } from '../../src/engine/text-cipher.ts';
import { createUrlCipher } from '../../src/engine/url-cipher.ts';
import { systemRuntime } from '../../src/runtime.ts';

const key = (byte: number) => new Secret(Buffer.alloc(32, byte).toString('base64'));
const url = 'https://bucket.example/orders.bak?Signature=canary&Expires=1#part';

describe('an encrypted URL', () => {
  const cipher = createUrlCipher(createTextCipher([key(1)], systemRuntime));

  it('decrypts to the full URL, is shown without its query and reveals nothing', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.string(), (base, more) => {
        const whole = `${base}${more}`;
        const sealed = cipher.seal(whole, 'bkp_1');
        expect(cipher.open(sealed, 'bkp_1')).toBe(whole.toWellFormed());
        expect(sealed.display).not.toMatch(/[?#]/);
      }),
    );
    expect(JSON.stringify(cipher.seal(url, 'bkp_1'))).not.toContain('canary');
    expect(cipher.seal(url, 'bkp_1').display).toBe('https://bucket.example/orders.bak');
    expect(cipher.seal('https://user:canary@bucket.example/x', 'bkp_1').display).toBe('https://bucket.example/x');
  });

  it('is different each time', () => {
    const many = new Set(Array.from({ length: 500 }, () => cipher.seal(url, 'bkp_1').sealed));
    const nonces = new Set([...many].map((each) => each.split('.')[2]));
    expect([many.size, nonces.size]).toEqual([500, 500]);
  });

  it('is rejected after a change of any character', () => {
    const sealed = cipher.seal(url, 'bkp_1');
    const accepted: number[] = [];
    for (let place = 0; place < sealed.sealed.length; place++) {
      const other = sealed.sealed[place] === 'A' ? 'B' : 'A';
      const changed = sealed.sealed.slice(0, place) + other + sealed.sealed.slice(place + 1);
      let opened: string;
      try {
        opened = cipher.open({ ...sealed, sealed: changed }, 'bkp_1');
      } catch {
        continue;
      }
      expect(opened).toBe(url);
      accepted.push(place);
    }
    // Only the last character of a base64url part may carry unused bits.
    const ends = [...sealed.sealed.matchAll(/[^.](?=\.|$)/g)].map(({ index }) => index);
    expect(ends).toEqual(expect.arrayContaining(accepted));
  });

  it.each(['', 'v1', 'v1.x', 'v1.a.b.c', 'v2.a.b.c.d', '....', 'v1.....', url])('that is %j is rejected', (text) => {
    expect(() => cipher.open({ display: '', sealed: text }, 'bkp_1')).toThrow();
  });

  it('is rejected with a shortened tag', () => {
    const [version, id, nonce, tag = '', text] = cipher.seal(url, 'bkp_1').sealed.split('.');
    for (const length of [0, 6, 11, 16])
      expect(() =>
        cipher.open({ display: '', sealed: [version, id, nonce, tag.slice(0, length), text].join('.') }, 'bkp_1'),
      ).toThrow();
  });
});

describe('encryption keys', () => {
  it('that were replaced still decrypt old texts; the first key encrypts', () => {
    const old = createUrlCipher(createTextCipher([key(1)], systemRuntime)).seal(url, 'bkp_1');
    const rotated = createUrlCipher(createTextCipher([key(2), key(1)], systemRuntime));
    expect(rotated.open(old, 'bkp_1')).toBe(url);
    const fresh = rotated.seal(url, 'bkp_1');
    expect(createUrlCipher(createTextCipher([key(2)], systemRuntime)).open(fresh, 'bkp_1')).toBe(url);
    expect(() => createUrlCipher(createTextCipher([key(1)], systemRuntime)).open(fresh, 'bkp_1')).toThrow(
      /no encryption key/,
    );
    expect(() => createUrlCipher(createTextCipher([key(2)], systemRuntime)).open(old, 'bkp_1')).toThrow(
      /no encryption key/,
    );
  });

  it('that are absent make a signed URL fail with encryption_key_required', () => {
    const none = createUrlCipher(createTextCipher([], systemRuntime));
    const thrown = (() => {
      try {
        none.seal(url, 'bkp_1');
      } catch (error) {
        return error;
      }
      return null;
    })();
    expect(thrown).toBeInstanceOf(Problem);
    expect(thrown).toMatchObject({ code: 'encryption_key_required' });
    expect(String((thrown as Error).message)).not.toContain('canary');
  });

  it.each(['', 'short', Buffer.alloc(31).toString('base64'), Buffer.alloc(33).toString('base64')])(
    'that are not 32 bytes are rejected without being quoted: %j',
    (text) => {
      expect(() => createUrlCipher(createTextCipher([new Secret(text)], systemRuntime))).toThrow(/32 bytes/);
    },
  );
});
