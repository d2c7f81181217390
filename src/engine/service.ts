import type { CreationContext } from '../domain/creation.ts';
import type { FeedStore } from '../domain/feed-store.ts';
import { type BackupFiles, createBackupFiles } from './backup-files.ts';
import type { EngineContext } from './context.ts';
import type { Engine } from './engine.ts';
import type { FeedScanner } from './feed/scanner.ts';
import type { MigrationService } from './interface.ts';
import { createChanges } from './service/changes.ts';
import { createFeedReads } from './service/feed.ts';
import { createForeignTasks } from './service/foreign-tasks.ts';
import { createInspection } from './service/inspection.ts';
import { createReads } from './service/reads.ts';
import { createRefresh } from './service/refresh.ts';
import { createSubmission } from './service/submission.ts';
import type { UrlCipher } from './url-cipher.ts';

/** The parts that watched folders need. Absent in tests without them. */
export interface Watching {
  readonly files: BackupFiles;
  readonly feeds: FeedStore;
  readonly scanner: Pick<FeedScanner, 'wake'>;
}

/** Creates the operations for callers from the store and the engine. */
export function createMigrationService(
  context: EngineContext,
  engine: Engine,
  cipher: UrlCipher,
  watching?: Watching,
): MigrationService {
  const creation: CreationContext = { runtime: context.runtime, seal: (url, backupId) => cipher.seal(url, backupId) };
  const files = watching?.files ?? createBackupFiles(context);
  const { scanNow, survey, ...feedReads } = createFeedReads(context, engine, watching?.feeds, () =>
    watching?.scanner.wake(),
  );
  return {
    ...createSubmission(context, engine, creation, files, () => watching?.scanner.wake()),
    ...createChanges(context, engine, creation, files, { scanNow, survey }),
    ...createReads(context, engine),
    ...createRefresh(context),
    ...createForeignTasks(context),
    ...createInspection(context, files),
    ...feedReads,
  };
}
