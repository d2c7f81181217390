import type { FeedStore, WatchedFolder } from '../../domain/feed-store.ts';
import type { Instant } from '../../domain/migration.ts';
import type { Runtime } from '../../domain/runtime.ts';

/** A scan that has ended early. Nothing is lost: another scan of the folder follows. */
export class ScanEnded extends Error {
  readonly reason: 'stopped' | 'lost';

  constructor(reason: 'stopped' | 'lost') {
    super(reason);
    this.reason = reason;
  }
}

/** The lease of a folder during its scan. */
export interface FolderLease {
  /** Whether somebody has asked for another scan since the claim. */
  readonly woken: boolean;
  /**
   * Renews the lease. `scannedAt`: the time of the listing whose records are stored; null: unchanged. Rejects with `ScanEnded` if another
   * process has the lease or this one stops.
   */
  renew(scannedAt: Instant | null): Promise<void>;
  /** Does the same if half of the lease has passed. */
  renewInTime(): Promise<void>;
}

/** The lease of a folder that was just claimed for `leaseMs` milliseconds. */
export function folderLease(
  feeds: FeedStore,
  claimed: WatchedFolder,
  {
    runtime,
    owner,
    leaseMs,
    stopped,
  }: {
    readonly runtime: Pick<Runtime, 'now' | 'monotonic'>;
    readonly owner: string;
    readonly leaseMs: number;
    readonly stopped: AbortSignal;
  },
): FolderLease {
  let renewAt = runtime.monotonic() + leaseMs / 2;
  let woken = false;

  async function renew(scannedAt: Instant | null): Promise<void> {
    if (stopped.aborted) throw new ScanEnded('stopped');
    renewAt = runtime.monotonic() + leaseMs / 2;
    const state = await feeds.renewFolder(claimed, owner, { now: runtime.now(), leaseMs, scannedAt });
    if (state === 'lost') throw new ScanEnded('lost');
    woken = state === 'woken';
  }

  return {
    get woken() {
      return woken;
    },
    renew,
    async renewInTime() {
      if (stopped.aborted) throw new ScanEnded('stopped');
      if (runtime.monotonic() >= renewAt) await renew(null);
    },
  };
}
