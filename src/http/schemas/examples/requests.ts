import type { ProviderId } from '../../../domain/vocabulary.ts';
import { alibabaExamples } from './alibaba.ts';
import type { ExampleAccount, Examples, ProviderExamples } from './example.ts';
import { huaweiExamples } from './huawei.ts';
import { tencentExamples } from './tencent.ts';

const byProvider: Readonly<Record<ProviderId, ProviderExamples>> = {
  alibaba: alibabaExamples,
  huawei: huaweiExamples,
  tencent: tencentExamples,
};

/** Which account the examples of each provider name. A provider that is not there gets no examples of creations. */
export type ExampleAccounts = Partial<Readonly<Record<ProviderId, ExampleAccount | null>>>;

export const sandboxExampleAccounts: ExampleAccounts = {
  alibaba: { name: 'sandbox-alibaba', region: 'cn-hangzhou' },
  huawei: { name: 'sandbox-huawei', region: 'ap-southeast-3' },
  tencent: { name: 'sandbox-tencent', region: 'ap-guangzhou' },
};

function ofEachProvider(examplesOf: (examples: ProviderExamples, provider: ProviderId) => Examples): Examples {
  return Object.assign({}, ...Object.entries(byProvider).map(([provider, examples]) => examplesOf(examples, provider)));
}

/** Named examples of request bodies, by operation. Swagger UI offers the first one. */
export function requestExamples(accounts: ExampleAccounts): Readonly<Record<string, Examples>> {
  const creations = ofEachProvider(({ createMigration }, provider) => {
    const account = accounts[provider];
    return account === undefined ? {} : createMigration(account);
  });
  const [anAccount = null] = Object.values(accounts).filter((account) => account !== null);
  return {
    createMigration: creations,
    dryRunMigration: creations,
    updateMigration: {
      labels: {
        summary: 'One label set, one removed',
        value: { description: 'Nightly copy', labels: { team: 'orders', old: null } },
      },
    },
    addBackup: ofEachProvider(({ addBackup }) => addBackup),
    cutOverMigration: {
      now: { summary: 'Open the database now', value: {} },
      after: {
        summary: 'Make a queued backup the last one',
        value: { afterBackup: 'bkp_01kbzq3m8e9v6x2c4n7p5r0t1w' },
      },
    },
    retryMigration: {
      again: { summary: 'The failed backup again', value: {} },
      absent: { summary: 'I have looked: the vendor has nothing of it', value: { assume: 'absent' } },
      ...ofEachProvider(({ retryMigration }) => retryMigration),
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
          description: 'Tells the team',
          eventTypes: ['migration.state_changed', 'migration.blocked'],
          ...(anAccount !== null && { accounts: [anAccount.name] }),
        },
      },
    },
    updateWebhook: { again: { summary: 'Switch it on again', value: { enabled: true } } },
  };
}
