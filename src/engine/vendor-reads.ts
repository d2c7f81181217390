import { isTerminal } from '../domain/lifecycle.ts';
import type { Backup, Migration } from '../domain/migration.ts';
import { Problem } from '../domain/problem.ts';
import type { BackupCommandInput, Provider, UploadTarget } from '../domain/provider.ts';
import { type Account, type Dialogue, VendorError, type VendorReply, type VendorRequest } from '../domain/vendor.ts';
import type { EngineContext } from './context.ts';
import { clocksDisagree, converseInVendorTime } from './vendor-time.ts';

/** Reads from vendors on behalf of callers. Nothing is stored. Vendor errors become problems. */

/** `Retry-After` in milliseconds if the vendor gives none. */
const askAgainMs = 5000;

/** The vendor's failure as a problem. */
export function vendorProblem({ failure }: VendorError): Problem {
  const retryAfterSeconds = failure.retryable ? Math.ceil((failure.retryAfterMs ?? askAgainMs) / 1000) : undefined;
  return new Problem(failure.code, failure.detail, {
    provider: failure.provider,
    retryable: failure.retryable,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

/** Why no upload is expected for this backup now; null: one is. */
export function uploadFault(migration: Migration, backup: Backup): string | null {
  if (backup.source.type !== 'upload') return 'This backup is not an upload.';
  if (isTerminal(migration)) return `The migration is ${migration.state}.`;
  if (migration.cancelRequested) return 'The migration is being cancelled.';
  if (backup.state === 'queued')
    return 'The backup is not registered at the vendor yet; it is when `blocking` says `awaiting_upload`.';
  if (backup.state !== 'submitting') return `The backup is ${backup.state}; it no longer accepts a file.`;
  if (backup.uploaded) return 'The file is already reported as uploaded.';
  return null;
}

/** Reads the upload target of a backup, which `uploadFault` must allow. Null: the backup is not registered at the vendor yet. */
export async function readUploadTarget(
  context: EngineContext,
  account: Account,
  migration: Migration,
  backup: Backup,
): Promise<UploadTarget | null> {
  const { uploads } = context.providers.of(migration.provider);
  const request = uploads?.build(migration, backup) ?? null;
  if (uploads === null || request === null) return null;
  return ask(context, account, migration.region, request, (reply) => uploads.parse(reply, migration, backup));
}

/** Reads the vendor's command for a backup. Throws `unsupported_by_provider` if the vendor prescribes none. */
export async function readBackupCommand(
  context: EngineContext,
  provider: Provider,
  account: Account,
  input: BackupCommandInput,
): Promise<string> {
  const { backupCommand } = provider;
  if (backupCommand === null) throw noCommand(context, provider);
  return ask(context, account, account.region, backupCommand.build(input), (reply) =>
    backupCommand.parse(reply, input),
  );
}

/** The problem of a provider without a command. It names the providers that have one. */
export function noCommand({ providers }: EngineContext, { capabilities }: Provider): Problem {
  const others = providers.all.filter((each) => each.backupCommand !== null);
  return new Problem(
    'unsupported_by_provider',
    `${capabilities.title} prescribes no command and accepts any full, differential or log backup in a .bak file. Providers that do: ${others.map((each) => each.id).join(', ')}.`,
  );
}

async function ask<T>(
  { client }: EngineContext,
  account: Account,
  region: string,
  request: VendorRequest,
  parse: (reply: VendorReply) => T,
): Promise<T> {
  function* dialogue(): Dialogue<T> {
    return parse(yield request);
  }
  return orProblem(client.converse(account, region, dialogue(), { priority: 'caller' }));
}

/** Awaits a vendor call and throws its failure as a problem. */
export async function orProblem<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw error instanceof VendorError ? vendorProblem(error) : error;
  }
}

/** Runs a caller's dialogue that needs the vendor's clock, see `converseInVendorTime`. Throws a problem if there is no valid result. */
export async function askInVendorTime<T extends object>(
  context: Pick<EngineContext, 'client'>,
  account: Account,
  region: string,
  dialogue: (offset: number) => Dialogue<T>,
): Promise<T> {
  const told = await orProblem(converseInVendorTime(context, account, region, dialogue, 'caller'));
  if (told === null) throw new Problem('provider_protocol_error', clocksDisagree);
  return told;
}
