import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadConfig } from '../config/load.ts';
import type { Store } from '../domain/store.ts';
import { providers } from '../registry.ts';
import { systemRuntime } from '../runtime.ts';
import { sandboxAccounts } from '../sandbox/accounts.ts';
import { openStore } from '../store/open.ts';
import { CommandError } from './error-text.ts';
import { sandboxStateFile } from './sandbox-place.ts';
import { type ExitStatus, exit, type Input } from './subcommand.ts';

const pageSize = 200;

/**
 * `godwit sandbox reset`: deletes the data of the sandbox in the working directory. Throws `CommandError` if it may belong to something
 * else.
 */
export async function run({ environment, terminal, flag }: Input): Promise<ExitStatus> {
  if (environment.GODWIT_CONFIG)
    throw new CommandError('GODWIT_CONFIG is set, so this is not the sandbox. Nothing was deleted.');
  const { storeUrl } = await loadConfig(environment, providers);
  const url = storeUrl.reveal();
  const path = url.replace(/^sqlite:(?:\/\/(?=.))?/, '');
  if (path === url || path === ':memory:') throw new CommandError('the store is not a file of the sandbox');
  if (existsSync(path)) await expectOnlySandbox(url);
  const files = [
    ...['', '-wal', '-shm', '.lock'].map((suffix) => path + suffix),
    join(dirname(path), 'godwit.key'),
    sandboxStateFile,
  ];
  const there = files.filter((file) => existsSync(file));
  for (const file of there) rmSync(file);
  if (flag('json')) terminal.print(JSON.stringify({ deleted: there }));
  else terminal.print(there.length === 0 ? 'there was nothing to delete' : `deleted ${there.join(', ')}`);
  return exit.done;
}

/** Throws `CommandError` if the database contains a migration of an account outside the sandbox, and `StoreLocked` while a gateway runs. */
async function expectOnlySandbox(url: string): Promise<void> {
  const nowhere = { url: 'http://127.0.0.1:1' };
  const emulated = sandboxAccounts({ alibaba: nowhere, huawei: nowhere, tencent: nowhere }).map(({ name }) => name);
  const store = await openStore(url, { runtime: systemRuntime });
  try {
    for await (const { id, account } of everyMigration(store))
      if (!emulated.includes(account))
        throw new CommandError(
          `the database contains ${id} of the account ${account}, which is not the sandbox's; nothing was deleted`,
        );
  } finally {
    await store.close();
  }
}

async function* everyMigration(store: Store) {
  for (let after: string | undefined; ; ) {
    const page = await store.list({}, { size: pageSize, order: 'oldest_first', ...(after !== undefined && { after }) });
    yield* page;
    after = page.at(-1)?.id;
    if (after === undefined) return;
  }
}
