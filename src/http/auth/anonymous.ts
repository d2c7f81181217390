import type { Authenticator, Identity } from './authenticator.ts';

const everybody: Identity = { caller: 'anonymous', scopes: ['admin'], accounts: ['*'] };

/** No authentication: everybody may do everything. For loopback and the sandbox. */
export const anonymousAuthenticator: Authenticator = {
  schemes: [],
  authenticate: async () => everybody,
};
