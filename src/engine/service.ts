import type { CreationContext } from '../domain/creation.ts';
import type { EngineContext } from './context.ts';
import type { Engine } from './engine.ts';
import type { MigrationService } from './interface.ts';
import { createChanges } from './service/changes.ts';
import { createReads } from './service/reads.ts';
import { createRefresh } from './service/refresh.ts';
import { createSubmission } from './service/submission.ts';
import type { UrlCipher } from './url-cipher.ts';

/** What callers may ask for, over the store and the engine. */
export function createMigrationService(context: EngineContext, engine: Engine, cipher: UrlCipher): MigrationService {
  const creation: CreationContext = { runtime: context.runtime, seal: (url) => cipher.seal(url) };
  return {
    ...createSubmission(context, engine, creation),
    ...createChanges(context, engine, creation),
    ...createReads(context, engine),
    ...createRefresh(context),
  };
}
