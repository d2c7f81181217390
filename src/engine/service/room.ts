import { Problem } from '../../domain/problem.ts';
import type { Account } from '../../domain/vendor.ts';
import type { EngineContext } from '../context.ts';

/**
 * Throws `provider_unavailable` if the circuit breaker of the account is open, and `provider_throttled` if a caller's read would wait too long
 * under the account's limits.
 */
export function requireRoom(
  { client, runtime }: Pick<EngineContext, 'client' | 'runtime'>,
  account: { readonly name: string; readonly configured: Account | undefined },
  region: string,
): void {
  const circuit = client.circuits().find((each) => each.account === account.name && each.region === region);
  if (circuit !== undefined && circuit.state !== 'closed') {
    const waitMs = (circuit.retryAt ?? runtime.now()) - runtime.now();
    throw new Problem('provider_unavailable', 'The vendor did not answer the last calls of this account.', {
      retryAfterSeconds: Math.max(Math.ceil(waitMs / 1000), 1),
    });
  }
  const waitMs = account.configured === undefined ? 0 : client.outlook(account.configured).readWaitMs;
  if (waitMs > client.maxCallerWaitMs)
    throw new Problem(
      'provider_throttled',
      'The account’s rate limit at the vendor leaves no room for this read now.',
      {
        retryAfterSeconds: Math.ceil(waitMs / 1000),
      },
    );
}
