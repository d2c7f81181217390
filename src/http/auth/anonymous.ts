import type { Authenticator, Identity } from './authenticator.ts';

/** What everybody is called where there is no authentication; no key may have this name. */
const anonymousCaller = 'anonymous';

const everybody: Identity = {
  kind: 'anonymous',
  caller: anonymousCaller,
  scopes: ['admin'],
  accounts: ['*'],
  expiresAt: null,
};

/** No authentication: everybody may do everything. For loopback and the sandbox. */
export const anonymousAuthenticator: Authenticator = {
  schemes: [],
  authenticate: () => everybody,
};
