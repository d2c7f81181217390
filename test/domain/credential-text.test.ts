import { describe, expect, it } from 'vitest';
import { credentialFault } from '../../src/domain/credential-text.ts';
import { Secret } from '../../src/domain/secret.ts';

const withSecret = (secret: string) =>
  credentialFault({ provider: 'tencent', secretId: 'AKID', secretKey: new Secret(secret) });

describe('malformed credentials', () => {
  it.each<[string, string, string]>([
    ['an invisible space', 'abc\u200bdef', 'contains the character U+200B at position 4 of 7'],
    ['a line break inside', 'abc\ndef', 'contains the character U+000A at position 4 of 7'],
    ['full-width letters', 'ａbc', 'contains the character U+FF41 at position 1 of 3'],
    ['a blank', 'abc def', 'contains the character U+0020 at position 4 of 7'],
    ['nothing', '', 'is empty'],
  ])('that contain %s are named by member and position, without the value', (_name, secret, detail) => {
    expect(withSecret(secret)).toEqual({ name: 'secretKey', detail });
  });

  it('do not include keys of visible ASCII', () => {
    expect(withSecret('aZ09+/=~!"#')).toBeNull();
  });

  it('do not include a password of any typeable characters', () => {
    const login = (password: string) =>
      credentialFault({
        provider: 'huawei',
        method: 'password',
        accountName: '北京',
        userName: 'u v',
        password: new Secret(password),
      });
    expect(login('päss wörd')).toBeNull();
    expect(login('pass\u200bword')).toEqual({
      name: 'password',
      detail: 'contains the character U+200B at position 5 of 9',
    });
    expect(login('pass\tword')).toMatchObject({ name: 'password' });
  });
});
