import type { VendorFailure } from '../domain/vendor.ts';
import { vendorErrorText } from './error-text.ts';
import { type ExitStatus, exit, type Input, type Terminal } from './subcommand.ts';

/** The result of one check of one account. */
export interface Finding {
  readonly account: string;
  readonly provider: string;
  readonly region: string;
  /** The service that was checked. `restores`: the vendor's restore service; `backups`: its object store. */
  readonly asked: 'restores' | 'backups';
  readonly ok: boolean;
  readonly detail: string;
  /** How to fix the problem; null: nothing is wrong, or `detail` says it. */
  readonly remedy: string | null;
  /** The vendor's clock minus this machine's, in milliseconds; 0 if it is unknown. */
  readonly clockOffsetMs: number;
  /** The vendor's error if it rejected the call; otherwise null. */
  readonly vendor: VendorFailure['provider'] | null;
}

/** Clock difference in milliseconds from which it is reported. Vendors reject signatures with a timestamp that is minutes off. */
const noticedSkewMs = 60_000;

/** Prints the findings. The exit status is `failed` if any check failed. */
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
    ...(vendor?.code || vendor?.message ? [`     ${vendor.operation}: ${vendorErrorText(vendor)}`] : []),
    ...(Math.abs(clockOffsetMs) >= noticedSkewMs ? [terminal.styled('yellow', `     ${skew}`)] : []),
    ...(remedy === null ? [] : [`     ${remedy}`]),
  ].join('\n');
}
