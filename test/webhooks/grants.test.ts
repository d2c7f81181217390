import { describe, expect, it } from 'vitest';
import { presentGrants } from '../../src/webhooks/grants.ts';

const keys = [
  { name: 'ci', scopes: ['migrations:read', 'migrations:write'], accounts: ['ali-main'] },
  { name: 'root', scopes: ['admin'], accounts: ['*'] },
  { name: 'writer', scopes: ['migrations:write'], accounts: ['*'] },
];
const issuers = ['https://id.example'];

describe('a webhook’s current deliveries', () => {
  it.each([
    ['ci', 'key', 'ali-main', null],
    ['ci', 'key', 'hw-main', /no longer has a grant/],
    ['root', 'key', 'hw-main', null],
    ['writer', 'key', 'ali-main', /no longer has the scope/],
    ['gone', 'key', 'ali-main', /no longer configured/],
    ['https://id.example#alice', 'token', 'ali-main', null],
    ['https://old.example#alice', 'token', 'ali-main', /issuer/],
    ['anonymous', 'anonymous', 'ali-main', /did not authenticate/],
    // Stored before records named the kind of a caller.
    ['ci', undefined, 'hw-main', /no longer has a grant/],
    ['alice', undefined, 'ali-main', null],
  ] as const)('depend on its caller’s grants: by %s, a %s, of %s', (caller, callerKind, account, fault) => {
    const found = presentGrants({ keys, issuers })({ caller, ...(callerKind && { callerKind }) }, account);
    if (fault === null) expect(found).toBeNull();
    else expect(found).toMatch(fault);
  });

  it('include everything without authentication and nothing for a removed key', () => {
    const open = presentGrants({ keys: [], issuers: [] });
    expect(open({ caller: 'anonymous', callerKind: 'anonymous' }, 'ali-main')).toBeNull();
    expect(open({ caller: 'anonymous' }, 'ali-main')).toBeNull();
    expect(presentGrants({ keys, issuers: [] })({ caller: 'gone' }, 'ali-main')).toMatch(/no longer configured/);
  });
});
