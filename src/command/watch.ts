import { follow, followingOf } from './follow.ts';
import { gatewayOf } from './remote.ts';
import type { ExitStatus, Input } from './subcommand.ts';

/** `godwit watch`: follows an existing migration and prints its progress. */
export async function run(input: Input): Promise<ExitStatus> {
  const [id = ''] = input.operands;
  return follow(gatewayOf(input), id, input, { ...followingOf(input), changes: true, begun: null });
}
