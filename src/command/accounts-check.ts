import { findingsShown } from './account-finding.ts';
import type { ExitStatus, Input } from './subcommand.ts';

/**
 * Checks the accounts. A gateway makes the calls if `--url` is given, or if `GODWIT_URL` is set without `GODWIT_CONFIG`. Otherwise this
 * machine makes them with the local configuration.
 */
export async function run(input: Input): Promise<ExitStatus> {
  const { GODWIT_URL: url, GODWIT_CONFIG: file } = input.environment;
  const throughGateway = input.value('url') !== undefined || (Boolean(url) && !file);
  const findings = throughGateway
    ? (await import('./accounts-through-gateway.ts')).findingsThroughGateway(input)
    : (await import('./accounts-from-here.ts')).findingsFromHere(input);
  return findingsShown(await findings, input);
}
