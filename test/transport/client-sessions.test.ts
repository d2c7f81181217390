import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import type { Dialogue, Session } from '../../src/domain/vendor.ts';
import {
  account,
  clientOver,
  failure,
  key,
  kindOf,
  refused,
  reply,
  request,
  scripted,
  socketError,
} from './fixtures.ts';

describe('a session', () => {
  const loginRequest = { ...request('read', 'Login'), service: 'iam' };
  function* login(): Dialogue<Session> {
    const answered = yield loginRequest;
    return { token: new Secret(answered.body), projectId: 'p', expiresAt: answered.receivedAt + 86_400_000 };
  }

  it('is opened once for many callers', async () => {
    const script = scripted(reply());
    const { client, signed } = clientOver(script, { login });
    await Promise.all(Array.from({ length: 50 }, () => client.execute(account, 'r', request('read'))));
    expect(script.sent.filter((each) => each === 'Login')).toHaveLength(1);
    expect(signed.filter((context) => context.session !== null)).toHaveLength(50);
  });

  it('that the vendor no longer accepts is reopened once, and the write is sent again', async () => {
    const script = scripted(reply(), failure('session_expired'), reply());
    const { client } = clientOver(script, { login });
    await client.execute(account, 'r', request('write', 'Write'));
    expect(script.sent).toEqual(['Login', 'Write', 'Login', 'Write']);
  });

  it('rejected for 50 concurrent callers is reopened once', async () => {
    let valid = true;
    const sent: string[] = [];
    const { client } = clientOver(
      {
        sent,
        exchange: {
          async send(signed) {
            const operation = signed.url.split('/').at(-1) ?? '';
            sent.push(operation);
            if (operation === 'Login') valid = true;
            return operation !== 'Login' && !valid
              ? reply(JSON.stringify({ failure: failure('session_expired') }))
              : reply();
          },
          close: async () => undefined,
        },
      },
      { login },
    );
    await client.execute(account, 'r', request('read'));
    valid = false;
    await Promise.all(Array.from({ length: 50 }, () => client.execute(account, 'r', request('write'))));
    expect(sent.filter((each) => each === 'Login')).toHaveLength(2);
  });

  it('whose login is rejected is not tried again in any region or for any caller', async () => {
    const wrong = { ...failure('unauthenticated'), code: 'provider_auth_failed' as const };
    const script = scripted(wrong);
    const { client, time } = clientOver(script, { login });
    for (const region of ['a', 'b', 'a', 'c'])
      expect(await kindOf(client.execute(account, region, request('read')))).toBe('unauthenticated');
    expect(await kindOf(client.execute({ ...account, name: 'twin' }, 'a', request('read')))).toBe('unauthenticated');
    expect(script.sent).toEqual(['Login']);
    time.pass(15 * 60_000 + 1);
    await kindOf(client.execute(account, 'a', request('read')));
    expect(script.sent).toEqual(['Login', 'Login']);
  });

  it('whose login is rejected is tried at once with new credentials', async () => {
    let password = 'old';
    const script = scripted(failure('unauthenticated'), reply(), reply());
    const { client } = clientOver(script, { login, credentials: async () => key(password) });
    expect(await kindOf(client.execute(account, 'a', request('read')))).toBe('unauthenticated');
    password = 'new';
    expect(await kindOf(client.execute(account, 'a', request('read')))).toBe('ok');
  });

  it.each(['timeout', 'unavailable', 'malformed'] as const)('that fails as %s leaves its call unsent', async (kind) => {
    const script = scripted(failure(kind));
    const { client } = clientOver(script, { login });
    expect(await kindOf(client.execute(account, 'r', request('write', 'Write')))).toBe('not_sent');
    expect(script.sent).toEqual(['Login']);
    const unheard = clientOver(script, { credentials: () => Promise.reject(refused(kind)) });
    expect(await kindOf(unheard.client.execute(account, 'r', request('write', 'Write')))).toBe('not_sent');
  });

  it('reports the last rejected login until it ends', async () => {
    const script = scripted(failure('unauthenticated'), reply());
    const { client, time } = clientOver(script, { login });
    expect(client.refusedLogin(account)).toBeNull();
    await kindOf(client.execute(account, 'a', request('read')));
    expect(client.refusedLogin(account)).toMatchObject({ kind: 'unauthenticated' });
    expect(client.refusedLogin({ ...account, name: 'other' })).toBeNull();
    time.pass(15 * 60_000 + 1);
    expect(client.refusedLogin(account)).toBeNull();
  });
});

describe('unusable credentials', () => {
  it('that the vendor refuses are reported until a call succeeds', async () => {
    const { client } = clientOver(scripted(failure('unauthenticated'), failure('not_found'), reply()));
    await kindOf(client.execute(account, 'r', request('read')));
    expect(client.refusedLogin(account)).toMatchObject({ kind: 'unauthenticated' });
    await kindOf(client.execute(account, 'r', request('read')));
    expect(client.refusedLogin(account)).toMatchObject({ kind: 'unauthenticated' });
    await client.execute(account, 'r', request('read'));
    expect(client.refusedLogin(account)).toBeNull();
  });

  it('that cannot be sent are reported by name and place, and nothing is sent', async () => {
    const script = scripted(reply());
    const { client } = clientOver(script, { credentials: async () => key('abc\u200bdef') });
    const told = await client.execute(account, 'r', request('write')).catch((error: unknown) => error);
    expect(told).toMatchObject({
      failure: {
        kind: 'unauthenticated',
        code: 'provider_auth_failed',
        detail: expect.stringMatching(/secretKey.*U\+200B at position 4/),
      },
    });
    expect(script.sent).toEqual([]);
    expect(client.refusedLogin(account)).toMatchObject({ kind: 'unauthenticated' });
  });

  it('that have expired are reported once fresh ones are also rejected, until a call succeeds', async () => {
    const script = scripted(failure('session_expired'), failure('session_expired'), reply());
    const { client } = clientOver(script);
    const told = await client.execute(account, 'r', request('write')).catch((error: unknown) => error);
    expect(told).toMatchObject({ failure: { kind: 'unauthenticated', code: 'provider_auth_failed' } });
    expect(script.sent).toHaveLength(2);
    expect(client.refusedLogin(account)).toMatchObject({ kind: 'unauthenticated' });
    await client.execute(account, 'r', request('read'));
    expect(client.refusedLogin(account)).toBeNull();
  });

  it.each(['UND_ERR_INVALID_ARG', 'ERR_INVALID_CHAR', 'ERR_INVALID_URL'])(
    'that make a request unwritable (%s) send nothing',
    async (code) => {
      const { client } = clientOver(scripted(socketError(code)));
      expect(await kindOf(client.execute(account, 'r', request('write')))).toBe('not_sent');
    },
  );
});
