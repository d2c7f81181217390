import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Runtime } from '../domain/runtime.ts';
import { digestOf } from './changes.ts';

/** Quiet time after a change before the file is read, in milliseconds: editors write in several steps. */
const quietMs = 250;
/** Polling interval of the file in milliseconds, because not every file system reports changes. */
const lookMs = 15_000;

export interface ConfigWatch {
  close(): void;
}

/**
 * Calls `changed` when a file's content differs from the previous one; `first` is the digest of the content read at the start. A mounted
 * ConfigMap or Secret changes by a symbolic link beside it (`..data`), so the folder is watched and the content compared. A file that is
 * missing for a moment is not a change.
 */
export function watchConfig(
  path: string,
  first: string | null,
  runtime: Pick<Runtime, 'sleep'>,
  changed: () => Promise<void>,
  lookEveryMs = lookMs,
): ConfigWatch {
  const closed = new AbortController();
  let heard = new AbortController();
  let watcher: FSWatcher | null = null;
  try {
    watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      // A store may write into the same folder all the time.
      const isOther = name !== null && name !== basename(path) && !name.startsWith('..');
      if (!isOther && !heard.signal.aborted) heard.abort();
    });
    watcher.on('error', () => undefined);
  } catch {
    // Polling is enough.
  }

  async function look(): Promise<void> {
    let known = first;
    while (!closed.signal.aborted) {
      heard = new AbortController();
      if (await isAnother()) await changed();
      await runtime.sleep(lookEveryMs, AbortSignal.any([heard.signal, closed.signal]));
      if (heard.signal.aborted) await runtime.sleep(quietMs, closed.signal);
    }

    async function isAnother(): Promise<boolean> {
      const present = await digestOfFile(path);
      if (present === null || present === known || closed.signal.aborted) return false;
      known = present;
      return true;
    }
  }
  void look();
  return {
    close() {
      closed.abort();
      watcher?.close();
    },
  };
}

/** The digest of a file's content; null if it cannot be read now. */
export async function digestOfFile(path: string): Promise<string | null> {
  return readFile(path, 'utf8').then(digestOf, () => null);
}
