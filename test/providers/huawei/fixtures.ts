import type { Backup, Migration, Source } from '../../../src/domain/migration.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { type Dialogue, VendorError, type VendorReply, type VendorRequest } from '../../../src/domain/vendor.ts';
import type {
  HuaweiAccessKeyCredentials,
  HuaweiAccount,
  HuaweiPasswordCredentials,
} from '../../../src/providers/huawei/account.ts';
import { huawei } from '../../../src/providers/huawei/index.ts';
import { sampleBackup, sampleMigration } from '../../support/samples.ts';

export const now = Date.UTC(2026, 2, 1, 10, 0, 0);
export const projectId = '0123456789abcdef0123456789abcdef';
export const target = '11112222333344445555666677778888in04';
export const jobId = '3f1c2b7a-90de-4c11-8a52-77c0d1ejb703';

export const account: HuaweiAccount = {
  provider: 'huawei',
  name: 'hw-main',
  region: 'ap-southeast-3',
  projectId: null,
  endpoints: {},
  limits: { readsPerSecond: 1, writesPerSecond: 1 },
};

export const passwordCredentials: HuaweiPasswordCredentials = {
  provider: 'huawei',
  method: 'password',
  accountName: 'acme',
  userName: 'svc-migrate',
  password: new Secret('correct horse'),
};

export const keyCredentials: HuaweiAccessKeyCredentials = {
  provider: 'huawei',
  method: 'access_key',
  accessKeyId: 'EXAMPLEAK00000000001',
  secretAccessKey: new Secret('exampleSecretKey0000000000000000000000001'),
};

export function objects(...keys: string[]): Source {
  return { type: 'object_storage', bucket: 'acme-sql-backups', keys };
}

export const instanceBackup: Source = {
  type: 'instance_backup',
  instanceId: 'aaaabbbbccccddddeeeeffff00001111in04',
  backupId: '99990000aaaabbbbccccddddeeeeffffbr04',
  engineVersion: '2019_EE',
};

export function backup(changes: Partial<Backup> = {}): Backup {
  return sampleBackup({
    id: 'bkp_01kbzq3m8e9v6x2c4n7p5r0t1w',
    source: objects('prod/orders/orders_full.bak'),
    final: false,
    createdAt: now,
    ...changes,
  });
}

export function migration(changes: Partial<Migration> = {}): Migration {
  return sampleMigration({
    id: 'mig_01kbzq3m8e9v6x2c4n7p5r0t1v',
    provider: 'huawei',
    account: 'hw-main',
    region: 'ap-southeast-3',
    name: 'gw-orders',
    target: { instanceId: target, overwrite: false },
    caller: 'test',
    backups: [backup()],
    createdAt: now,
    updatedAt: now,
    dueAt: null,
    ...changes,
  });
}

export function reply(body: unknown, httpStatus = 200, headers: Record<string, string> = {}): VendorReply {
  return {
    httpStatus,
    headers: { 'x-request-id': 'req-1', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    receivedAt: now,
  };
}

/** Runs a dialogue as the transport does: it throws failed replies into the dialogue. */
export function run<T>(
  dialogue: Dialogue<T>,
  answer: (request: VendorRequest, number: number) => VendorReply,
): { readonly result: T; readonly requests: readonly VendorRequest[] } {
  const requests: VendorRequest[] = [];
  let step = dialogue.next();
  while (!step.done) {
    requests.push(step.value);
    const given = answer(step.value, requests.length - 1);
    const failure = huawei.failureOf(step.value, given);
    step = failure === null ? dialogue.next(given) : dialogue.throw(new VendorError(failure));
  }
  return { result: step.value, requests };
}

export function query(request: VendorRequest | undefined): Record<string, string> {
  return Object.fromEntries(request?.query ?? []);
}

/** The failure that `action` throws. Any other outcome fails the test. */
export function failureIn(action: () => unknown): VendorError['failure'] {
  try {
    action();
  } catch (error) {
    if (error instanceof VendorError) return error.failure;
    throw error;
  }
  throw new Error('nothing was thrown');
}
