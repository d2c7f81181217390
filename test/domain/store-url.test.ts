import { describe, expect, it } from 'vitest';
import { placeInWords, postgresPlace, StoreUrlFault } from '../../src/domain/store-url.ts';
import { malformedStoreUrls, piecesOfPassword } from '../support/store-urls.ts';

const place = (url: string) => placeInWords(postgresPlace(url));

describe('the URL of a PostgreSQL store', () => {
  it.each(malformedStoreUrls)('is rejected without any part of the password: %s', (_, url, sentence) => {
    let fault: unknown;
    try {
      postgresPlace(url);
    } catch (error) {
      fault = error;
    }
    expect(fault).toBeInstanceOf(StoreUrlFault);
    const { message, stack } = fault as StoreUrlFault;
    expect(message).toMatch(sentence);
    for (const piece of piecesOfPassword) expect(`${message} ${stack?.split('\n')[0]}`).not.toContain(piece);
  });

  it.each([
    ['postgres://u:p@db/godwit', 'db:5432, database godwit'],
    ['postgresql://u:p@db:6432/godwit?sslmode=verify-full', 'db:6432, database godwit'],
    ['postgres://u:p@h1,h2:5433/godwit?target_session_attrs=read-write', 'h1:5432, h2:5433, database godwit'],
    ['postgres://u:p@[::1]:5433/godwit', '::1:5433, database godwit'],
    ['postgres://u:p@/godwit', 'localhost:5432, database godwit'],
    ['postgres://u:p@/godwit?host=/run/postgresql', '/run/postgresql:5432, database godwit'],
    ['postgres://db', 'db:5432'],
  ])('is described by host, port and database: %s', (url, words) => {
    expect(place(url)).toBe(words);
  });

  it.each(['a/b', 'a#b', 'a?b', 'a@b', 'a%b', 'a:b', 'a b', 'ä'])(
    'accepts the percent-encoded password %s',
    (password) => {
      const url = `postgres://user:${encodeURIComponent(password)}@db/godwit`;
      expect(postgresPlace(url)).toMatchObject({ user: 'user', password, database: 'godwit' });
    },
  );

  it('accepts a password with a colon', () => {
    expect(postgresPlace('postgres://user:a:b@db/godwit').password).toBe('a:b');
  });
});
