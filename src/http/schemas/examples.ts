interface Example {
  readonly summary: string;
  readonly value: unknown;
}
type Examples = Readonly<Record<string, Example>>;

/** Requests that work as they stand against the built-in sandbox. Swagger UI offers the first one. */
const createMigration: Examples = {
  alibaba: {
    summary: 'Alibaba Cloud: one full backup from OSS, then online',
    value: {
      provider: 'alibaba',
      account: 'sandbox-alibaba',
      region: 'cn-hangzhou',
      name: 'orders-2026',
      labels: { team: 'orders' },
      mode: 'full',
      target: { instanceId: 'rm-uf6wjk5xxxxxxx', databases: [{ name: 'orders' }] },
      source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/orders_full.bak'] },
    },
  },
  huawei: {
    summary: 'Huawei Cloud: one full backup from OBS, renamed on the target',
    value: {
      provider: 'huawei',
      account: 'sandbox-huawei',
      region: 'ap-southeast-3',
      name: 'orders-2026',
      mode: 'full',
      target: {
        instanceId: '6b2e9c54f2c84d6f8d3b7c1a0e5f4d21in04',
        databases: [{ name: 'orders', restoreAs: 'orders_copy' }],
      },
      source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/orders_full.bak'] },
    },
  },
  tencent: {
    summary: 'Tencent Cloud: one full backup from COS, renamed on the target',
    value: {
      provider: 'tencent',
      account: 'sandbox-tencent',
      region: 'ap-guangzhou',
      name: 'orders-2026',
      mode: 'full',
      target: { instanceId: 'mssql-rdc0gajn', databases: [{ name: 'orders', restoreAs: 'orders_copy' }] },
      source: { type: 'object_storage', bucket: 'acme-backups-1250000000', keys: ['prod/orders_full.bak'] },
    },
  },
};

const source = { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/orders_log_1.bak'] };

/** Named examples of request bodies, by operation. */
export const requestExamples: Readonly<Record<string, Examples>> = {
  createMigration,
  updateMigration: {
    labels: {
      summary: 'One label set, one removed',
      value: { description: 'Nightly copy', labels: { team: 'orders', old: null } },
    },
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
        accounts: ['sandbox-alibaba'],
      },
    },
  },
  updateWebhook: { again: { summary: 'Switch it on again', value: { enabled: true } } },
  addBackup: {
    log: { summary: 'A log backup', value: { type: 'log', source } },
    last: {
      summary: 'The last backup: the database comes online after it',
      value: { type: 'log', source, final: true },
    },
  },
  cutOverMigration: { now: { summary: 'Open the database now', value: {} } },
  retryMigration: {
    again: { summary: 'The failed backup again', value: {} },
    absent: { summary: 'I have looked: the vendor has nothing of it', value: { assume: 'absent' } },
    adopt: { summary: 'I have found it at the vendor', value: { adopt: { migrateTaskId: '564563256' } } },
  },
};
