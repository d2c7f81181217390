import type { Migration } from '../../../src/domain/migration.ts';
import type { Store } from '../../../src/domain/store.ts';
import type { Gateway } from '../../../src/gateway.ts';
import { sandboxAccounts } from '../../../src/sandbox/accounts.ts';
import type { Sandbox } from '../../../src/sandbox/server.ts';
import { openStore } from '../../../src/store/open.ts';
import { startTestGateway, type TestConfig } from '../../support/gateway.ts';

export interface SeededGateway {
  readonly gateway: Gateway;
  readonly store: Store;
  /** Stores migrations unchanged. The engine skips those without a due time. */
  seed(migrations: readonly Migration[]): Promise<void>;
}

/** A gateway whose store the test writes into. */
export async function startSeededGateway(clouds: Sandbox, config: TestConfig = {}): Promise<SeededGateway> {
  let store: Store | null = null;
  const gateway = await startTestGateway(sandboxAccounts(clouds), {
    sandbox: true,
    config,
    open: async (...input) => {
      const opened = await openStore(...input);
      store = opened;
      return opened;
    },
  });
  if (store === null) throw new Error('the gateway opened no store');
  const opened: Store = store;
  return {
    gateway,
    store: opened,
    seed: async (migrations) => {
      await Promise.all(
        migrations.map((migration) =>
          opened.create(migration, { owner: 'test', leaseMs: 0, now: migration.createdAt }),
        ),
      );
    },
  };
}
