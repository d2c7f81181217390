import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Runtime } from '../domain/runtime.ts';
import { digestOf } from './changes.ts';

/** Pause between a change and the reading of the file, in milliseconds, because editors write in several steps. */
const quietMs = 250;
/** Polling interval in milliseconds. Polling is needed because some file systems do not report changes. */
const pollMs = 15_000;

/** A running watch on the configuration file. */
export interface ConfigWatch {
  close(): void;
}

/**
 * Calls `changed` when the content of a file differs from its previous content. `first`: digest of the content that was read at the start.
 * A mounted ConfigMap or Secret changes through a symbolic link in the same folder (`..data`), so the folder is watched and the content is
 * compared. A file that is temporarily missing is not a change. `pollEveryMs`: polling interval in milliseconds.
 */
export function watchConfig(
  path: string,
  first: string | null,
  runtime: Pick<Runtime, 'sleep'>,
  changed: () => Promise<void>,
  pollEveryMs = pollMs,
): ConfigWatch {
  const closed = new AbortController();
  let notified = new AbortController();
  let watcher: FSWatcher | null = null;
  try {
    watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      // Ignores other files, because a database in the same folder may be written continuously.
      const isOther = name !== null && name !== basename(path) && !name.startsWith('..');
      if (!isOther && !notified.signal.aborted) notified.abort();
    });
    watcher.on('error', () => undefined);
  } catch {
    // The folder cannot be watched. Polling detects changes.
  }

  async function poll(): Promise<void> {
    let known = first;
    while (!closed.signal.aborted) {
      notified = new AbortController();
      if (await isAnother()) await changed();
      await runtime.sleep(pollEveryMs, AbortSignal.any([notified.signal, closed.signal]));
      if (notified.signal.aborted) await runtime.sleep(quietMs, closed.signal);
    }

    async function isAnother(): Promise<boolean> {
      const present = await digestOfFile(path);
      if (present === null || present === known || closed.signal.aborted) return false;
      known = present;
      return true;
    }
  }
  void poll();
  return {
    close() {
      closed.abort();
      watcher?.close();
    },
  };
}

/** The digest of a file's content; null if the file cannot be read. */
export async function digestOfFile(path: string): Promise<string | null> {
  return readFile(path, 'utf8').then(digestOf, () => null);
}
