import type { Authenticator, Identity } from './authenticator.ts';

/** The caller's name without authentication; no key may have it. */
const anonymousCaller = 'anonymous';

const everybody: Identity = {
  kind: 'anonymous',
  caller: anonymousCaller,
  scopes: ['admin'],
  accounts: ['*'],
  expiresAt: null,
};

/** No authentication: every caller has every right. For loopback and the sandbox. */
export const anonymousAuthenticator: Authenticator = {
  schemes: [],
  authenticate: () => everybody,
};
