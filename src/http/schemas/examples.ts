import type { Provider } from '../../domain/provider.ts';
import type { ExampleAccount, Examples } from '../../domain/request-examples.ts';
import type { ProviderId } from '../../domain/vocabulary.ts';

/** The part of a provider that the examples need. */
export type ExampleProvider = Pick<Provider, 'id' | 'examples'>;

/** The account in the examples of each provider. A provider without one gets no creation examples. */
export type ExampleAccounts = Partial<Readonly<Record<ProviderId, ExampleAccount | null>>>;

/** The accounts of the sandbox. */
export function sandboxExampleAccounts(providers: readonly ExampleProvider[]): ExampleAccounts {
  return Object.fromEntries(
    providers.map(({ id, examples }) => [id, { name: `sandbox-${id}`, region: examples.sandboxRegion }]),
  );
}

/** Named examples of request bodies, by operation. Swagger UI offers the first one. */
export function requestExamples(
  accounts: ExampleAccounts,
  providers: readonly ExampleProvider[],
): Readonly<Record<string, Examples>> {
  const ofEachProvider = (examplesOf: (provider: ExampleProvider) => Examples): Examples =>
    Object.assign({}, ...providers.map(examplesOf));
  const ofEachAccount = (kind: 'createMigration' | 'inspectBackups'): Examples =>
    ofEachProvider(({ id, examples }) => {
      const account = accounts[id];
      return account === undefined ? {} : examples[kind](account);
    });
  const creations = ofEachAccount('createMigration');
  const [anAccount = null] = Object.values(accounts).filter((account) => account !== null);
  return {
    createMigration: creations,
    dryRunMigration: creations,
    inspectBackups: ofEachAccount('inspectBackups'),
    ...(Object.keys(creations).length > 0 && {
      createMigrationBatch: {
        list: {
          summary: 'A list: one migration of each cloud, with a common label',
          value: { labels: { wave: 'first' }, migrations: firstOfEach(creations) },
        },
      },
    }),
    cutOverMigrations: {
      wave: { summary: 'All chains of a wave', value: { selector: { labels: { wave: 'first' } } } },
    },
    cancelMigrations: {
      wave: { summary: 'All that is left of a wave', value: { selector: { labels: { wave: 'first' } } } },
    },
    updateMigration: {
      labels: {
        summary: 'One label set, one removed',
        value: { description: 'Nightly copy', labels: { team: 'orders', old: null } },
      },
    },
    addBackup: ofEachProvider(({ examples }) => examples.addBackup),
    cutOverMigration: {
      now: { summary: 'Open the database now', value: {} },
      after: {
        summary: 'Make a queued backup the last one',
        value: { afterBackup: 'bkp_01kbzq3m8e9v6x2c4n7p5r0t1w' },
      },
    },
    retryMigration: {
      again: { summary: 'The failed backup again', value: {} },
      absent: { summary: 'The vendor has no such task: send it again', value: { assume: 'absent' } },
      ...ofEachProvider(({ examples }) => examples.retryMigration),
    },
    createWebhook: {
      everything: {
        summary: 'Every event of all accounts that you have a grant for',
        value: { url: 'https://receiver.example/godwit' },
      },
      ends: {
        summary: 'Only states of migrations, of one account',
        value: {
          url: 'https://receiver.example/godwit',
          description: 'Notifies the team',
          eventTypes: ['migration.state_changed', 'migration.blocked'],
          ...(anAccount !== null && { accounts: [anAccount.name] }),
        },
      },
    },
    updateWebhook: { again: { summary: 'Enable it again', value: { enabled: true } } },
  };
}

/** The first creation of each provider. */
function firstOfEach(creations: Examples): readonly unknown[] {
  const firsts = new Map<unknown, unknown>();
  for (const { value } of Object.values(creations)) {
    const { provider } = value as { readonly provider?: unknown };
    if (!firsts.has(provider)) firsts.set(provider, value);
  }
  return [...firsts.values()];
}
