import type { FeedStore, WatchedFolder } from '../../domain/feed-store.ts';
import type { Migration } from '../../domain/migration.ts';
import { Problem } from '../../domain/problem.ts';
import type { Account } from '../../domain/vendor.ts';
import { accountOf, type EngineContext, missingAccountDetail } from '../context.ts';
import type { Engine } from '../engine.ts';
import { planFeed } from '../feed/plan.ts';
import { knownFiles } from '../feed/records.ts';
import { defaultScanMs } from '../feed/scanner.ts';
import type { FeedPage, MigrationService } from '../interface.ts';
import { visible } from './access.ts';
import { unknownAccount } from './problems.ts';

/** Maximum wait of a caller for a scan, in milliseconds. */
const maxWaitMs = 10_000;
/** Milliseconds between two checks for the end of a scan. */
const pollMs = 50;
/** Number of files from which on a survey is kept for the next page, and for how long, in milliseconds. */
const largeFolder = 1000;
const keptMs = 5000;

/** The watched folder for callers. */
export interface FeedReads extends Pick<MigrationService, 'feed' | 'scanFeed'> {
  /** Requests a scan of the folder and waits for its end, for at most ten seconds. */
  scanNow(migration: Migration): Promise<void>;
  /** The files of the folder with their verdicts, and the key of the newest file of the chain; null: there is none. */
  survey(migration: Migration): Promise<Survey>;
}

interface Survey extends FeedPage {
  /** Key of the newest file of the chain; null: there is none. */
  readonly newest: string | null;
}

/** Creates the operations on watched folders. `wake`: wakes the scanner. They throw `not_found` if the migration watches no folder. */
export function createFeedReads(
  context: EngineContext,
  engine: Pick<Engine, 'draining'>,
  feeds: FeedStore | undefined,
  wake: () => void,
): FeedReads {
  const { store, runtime } = context;
  /** The survey of a large folder that was asked for last, for the pages that follow. */
  let kept: { readonly mark: string; readonly survey: Promise<Survey> } | null = null;

  function folderOf(migration: Migration): { readonly feeds: FeedStore; readonly id: string } {
    const id = feeds?.folderIdOf(migration) ?? null;
    if (feeds === undefined || id === null) throw new Problem('not_found', 'The migration watches no folder.');
    return { feeds, id };
  }

  async function scanNow(migration: Migration): Promise<void> {
    const { feeds: known, id } = folderOf(migration);
    const asked = runtime.now();
    const end = runtime.monotonic() + maxWaitMs;
    await known.wakeFolder(id, asked);
    wake();
    while (runtime.monotonic() < end && !engine.draining) {
      const folder = await known.folder(id);
      if (folder === null || (folder.scannedAt ?? 0) >= asked || folder.failures > 0) return;
      await runtime.sleep(pollMs);
    }
  }

  /** A large folder takes long to survey, so those who ask at the same time and for the next pages share one survey. */
  async function survey(migration: Migration): Promise<Survey> {
    const { feeds: known, id } = folderOf(migration);
    const account = accountOf(context, migration);
    if (account === undefined) throw unknownAccount(missingAccountDetail(context, migration));
    const folder = await known.folder(id);
    const mark = [migration.id, migration.version, folder?.scannedAt].join();
    if (kept?.mark === mark) return kept.survey;
    const surveying = { mark, survey: surveyed(migration, account, known, id, folder) };
    const drop = (): void => {
      if (kept === surveying) kept = null;
    };
    kept = surveying;
    surveying.survey.then(({ items }) => {
      if (items.length < largeFolder) drop();
      else void runtime.sleep(keptMs).then(drop);
    }, drop);
    return surveying.survey;
  }

  async function surveyed(
    migration: Migration,
    account: Account,
    known: FeedStore,
    id: string,
    folder: WatchedFolder | null,
  ): Promise<Survey> {
    const files = await knownFiles(known, id);
    const { provider: name } = migration;
    const scanMs = context.feedScanMs ?? defaultScanMs;
    const now = folder?.scannedAt ?? 0;
    const provider = context.providers.of(name);
    const plan = planFeed(migration, files, { provider, account, now, scanMs });
    const taken = migration.backups.findLast(
      ({ source }) => source.type === 'object_storage' && source.keys.length > 0,
    );
    const last = taken?.source.type === 'object_storage' ? (taken.source.keys[0] ?? null) : null;
    return { items: plan.items, newest: plan.coming.at(-1) ?? last, scannedAt: folder?.scannedAt ?? null };
  }

  return {
    scanNow,
    survey,
    async feed(id, caller) {
      return survey(await visible(context, id, caller));
    },
    async scanFeed(id, caller) {
      const migration = await visible(context, id, caller);
      await scanNow(migration);
      return survey((await store.get(id)) ?? migration);
    },
  };
}
