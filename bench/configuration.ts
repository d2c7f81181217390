/** The measured vendors. */
export type Vendor = 'alibaba' | 'huawei' | 'tencent';

/** The settings that differ between runs. */
export interface ConfigurationOptions {
  readonly storeUrl: string;
  /** URL of the process that stands in for the vendors. */
  readonly stub: string;
  /** Default: no observation during a row. */
  readonly engine?: Readonly<Record<string, number>>;
}

/** Accounts per vendor. Their limits together far exceed the gateway's capacity, so a row never measures a limit. */
export const accountsPerVendor = 8;
const perSecond = 1000;
/** The operations of a creation with a published limit, which overrides the account's. */
const operations = { CreateBackupMigration: perSecond, StartBackupMigration: perSecond };
const limits = { readsPerSecond: perSecond, writesPerSecond: perSecond };
const unobserved = { pollMinMs: 86_400_000, pollMaxMs: 86_400_000 };

/** On PostgreSQL a webhook requires an encryption key. */
const encryption = { key: Buffer.alloc(32, 1).toString('base64') };

/** The configuration of the measured gateway: accounts at the stub, defaults otherwise. */
export function configuration({ storeUrl, stub, engine = unobserved }: ConfigurationOptions): object {
  const accounts = Array.from({ length: accountsPerVendor }, (_, index) =>
    vendorAccounts(stub).map((account) => ({
      ...account,
      name: `${account.provider}-${index + 1}`,
      limits: account.provider === 'tencent' ? { ...limits, operations } : limits,
    })),
  );
  return { store: { url: storeUrl }, encryption, engine, accounts: accounts.flat() };
}

function vendorAccounts(stub: string) {
  return [
    {
      provider: 'alibaba',
      region: 'cn-hangzhou',
      credentials: { accessKeyId: 'LTAIbenchmark', accessKeySecret: 'benchmark-secret' },
      endpoints: { rds: stub },
    },
    {
      provider: 'huawei',
      region: 'ap-southeast-3',
      projectId: '0123456789abcdef0123456789abcdef',
      credentials: { accessKeyId: 'BENCHMARK', secretAccessKey: 'benchmark-secret' },
      endpoints: { iam: stub, drs: stub, rds: stub },
    },
    {
      provider: 'tencent',
      region: 'ap-guangzhou',
      credentials: { secretId: 'AKIDbenchmark', secretKey: 'benchmark-secret' },
      endpoints: { sqlserver: stub },
    },
  ];
}
