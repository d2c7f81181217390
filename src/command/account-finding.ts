import type { VendorFailure } from '../domain/vendor.ts';
import { type ExitStatus, exit, type Input, type Terminal } from './subcommand.ts';
import { vendorWords } from './told-error.ts';

/** What one question came to. */
export interface Finding {
  readonly account: string;
  readonly provider: string;
  readonly region: string;
  /** `restores`: the service that restores; `backups`: the object store. */
  readonly asked: 'restores' | 'backups';
  readonly ok: boolean;
  readonly detail: string;
  /** What to do, where something is wrong; null: nothing, or the detail says it. */
  readonly remedy: string | null;
  /** The vendor's clock minus this machine's, in milliseconds; 0 also where it is not known. */
  readonly clockOffsetMs: number;
  /** The vendor's own words, where it refused. */
  readonly vendor: VendorFailure['provider'] | null;
}

/** Vendors refuse signatures that are minutes old; from here on the difference is worth a word, in milliseconds. */
const noticedSkewMs = 60_000;

/** Prints what was found. Answers whether all is well. */
export function findingsShown(findings: readonly Finding[], { terminal, flag }: Input): ExitStatus {
  if (flag('json')) terminal.print(JSON.stringify({ findings }));
  else for (const each of findings) terminal.print(words(each, terminal));
  return findings.every(({ ok }) => ok) ? exit.done : exit.failed;
}

function words(
  { account, provider, region, asked, ok, detail, remedy, clockOffsetMs, vendor }: Finding,
  terminal: Terminal,
): string {
  const verdict = ok ? terminal.styled('green', 'ok  ') : terminal.styled('red', 'FAIL');
  const seconds = Math.round(Math.abs(clockOffsetMs) / 1000);
  const skew = `this machine’s clock is ${seconds} s ${clockOffsetMs > 0 ? 'behind' : 'ahead of'} the vendor’s`;
  return [
    `${verdict} ${account} (${provider}, ${region}) ${asked}: ${detail}`,
    ...(vendor?.code || vendor?.message ? [`     ${vendor.operation}: ${vendorWords(vendor)}`] : []),
    ...(Math.abs(clockOffsetMs) >= noticedSkewMs ? [terminal.styled('yellow', `     ${skew}`)] : []),
    ...(remedy === null ? [] : [`     ${remedy}`]),
  ].join('\n');
}
