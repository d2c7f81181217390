/** The vendors that are measured. */
export type Vendor = 'alibaba' | 'huawei' | 'tencent';

/** What differs from run to run. */
export interface ConfigurationOptions {
  readonly storeUrl: string;
  /** Where the vendors are. */
  readonly stub: string;
  /** Default: nothing is observed while a row is measured. */
  readonly engine?: Readonly<Record<string, number>>;
}

/** Accounts of each vendor. Together their limits lie far above what the gateway can do, so that none of them is what is measured. */
export const accountsPerVendor = 8;
const perSecond = 1000;
/** The operations of a creation, whose vendor publishes a figure that stands before the account's. */
const operations = { CreateBackupMigration: perSecond, StartBackupMigration: perSecond };
const limits = { readsPerSecond: perSecond, writesPerSecond: perSecond };
const unobserved = { pollMinMs: 86_400_000, pollMaxMs: 86_400_000 };

/** The configuration that the gateway is measured with: accounts at the stub, all other settings as they come. */
export function configuration({ storeUrl, stub, engine = unobserved }: ConfigurationOptions): object {
  const accounts = Array.from({ length: accountsPerVendor }, (_, index) =>
    vendorAccounts(stub).map((account) => ({
      ...account,
      name: `${account.provider}-${index + 1}`,
      limits: account.provider === 'tencent' ? { ...limits, operations } : limits,
    })),
  );
  return { store: { url: storeUrl }, engine, accounts: accounts.flat() };
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
