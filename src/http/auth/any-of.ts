import type { Authenticator } from './authenticator.ts';

/**
 * Tries several authenticators in order; the first that recognizes the caller decides. If none does, the last failure of an authenticator
 * is thrown.
 */
export function anyOf(authenticators: readonly Authenticator[]): Authenticator {
  const [only, ...others] = authenticators;
  if (only !== undefined && others.length === 0) return only;
  return {
    schemes: [...new Set(authenticators.flatMap((each) => each.schemes))],
    authenticate: async (presented, explain) => {
      let outage: unknown = null;
      for (const authenticator of authenticators) {
        try {
          const identity = await authenticator.authenticate(presented, explain);
          if (identity !== null) return identity;
        } catch (error) {
          // Another authenticator may still recognize the caller.
          outage = error;
        }
      }
      if (outage !== null) throw outage;
      return null;
    },
  };
}
