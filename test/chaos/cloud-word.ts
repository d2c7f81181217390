import { createHash, createHmac } from 'node:crypto';
import { Agent, request } from 'undici';
import { type JournalEntry, sandboxCredentials } from '../../src/sandbox/cloud.ts';
import { rpc } from '../sandbox/alibaba-client.ts';
import { type CloudFacts, type CloudWord, wordKey } from './judge.ts';
import type { SandboxProcess } from './sandbox-process.ts';

/**
 * Reads every task of a restore from the clouds themselves, with clients that share no code with the gateway. Reads
 * Alibaba by task, Huawei by job, and Tencent by full task, whose status covers its increments.
 */
export async function askClouds(
  sandbox: Pick<SandboxProcess, 'urls' | 'clock'>,
  journal: readonly JournalEntry[],
): Promise<{ readonly words: ReadonlyMap<string, CloudWord>; readonly facts: ReadonlyMap<string, CloudFacts> }> {
  const words = new Map<string, CloudWord>();
  const facts = new Map<string, CloudFacts>();
  const offsets = await sandbox.clock();
  const tasks = new Map(
    journal
      .filter(({ effect, operation }) => effect === 'restore' && operation !== 'StartIncrementalMigration')
      .map((entry) => [wordKey(entry), entry]),
  );
  const token = [...tasks.values()].some(({ cloud }) => cloud === 'huawei') ? await huaweiToken(sandbox) : '';
  for (const [key, entry] of tasks) {
    const now = Date.now() + offsets[entry.cloud];
    const answer =
      entry.cloud === 'alibaba'
        ? await askAlibaba(sandbox.urls.alibaba, entry, now)
        : entry.cloud === 'huawei'
          ? await askHuawei(sandbox.urls.huawei, entry, token)
          : await askTencent(sandbox.urls.tencent, entry, now);
    words.set(key, answer.word);
    facts.set(key, answer.facts);
  }
  return { words, facts };
}

interface CloudAnswer {
  readonly word: CloudWord;
  readonly facts: CloudFacts;
}

const lastSegment = (path: unknown): string => String(path).slice(String(path).lastIndexOf('/') + 1);

function alibabaWord(status: unknown): CloudWord {
  const words: Readonly<Record<string, CloudWord>> = {
    Success: 'succeeded',
    Failed: 'failed',
    Waiting: 'resting',
    Running: 'running',
    NoStart: 'running',
  };
  return words[String(status)] ?? 'absent';
}

async function askAlibaba(url: string, { instanceId, taskId }: JournalEntry, now: number): Promise<CloudAnswer> {
  const ask = async (operation: string): Promise<Record<string, unknown>> => {
    const { query } = rpc(operation, { DBInstanceId: instanceId, MigrateTaskId: taskId }, now);
    return (await (await fetch(`${url}/?${query}`, { method: 'POST' })).json()) as Record<string, unknown>;
  };
  const task = await ask('DescribeMigrateTaskById');
  const listed = (await ask('DescribeOssDownloads')) as { Items?: { OssDownload?: readonly { FileName?: unknown }[] } };
  return {
    word: alibabaWord(task.Status),
    facts: {
      database: typeof task.DBName === 'string' ? task.DBName : null,
      files: (listed.Items?.OssDownload ?? []).map(({ FileName }) => lastSegment(FileName)),
    },
  };
}

/** A job that is not the last of its chain leaves the database in the restoring state. */
function huaweiWord({ status, last }: { readonly status: unknown; readonly last: boolean }): CloudWord {
  if (status === 'SUCCESS') return last ? 'succeeded' : 'resting';
  if (status === 'FAILED' || status === 'PRECHECK FAILED') return 'failed';
  return status === 'TRANSFERRING' ? 'running' : 'absent';
}

const huawei = sandboxCredentials.huawei;

async function huaweiToken({ urls }: Pick<SandboxProcess, 'urls'>): Promise<string> {
  const user = { name: huawei.userName, password: huawei.password, domain: { name: huawei.accountName } };
  // A token header can exceed the usual limit of 16 KiB.
  const { headers, body } = await request(`${urls.huawei}/v3/auth/tokens?nocatalog=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json;charset=utf8' },
    body: JSON.stringify({
      auth: { identity: { methods: ['password'], password: { user } }, scope: { project: { name: huawei.region } } },
    }),
    dispatcher: new Agent({ maxHeaderSize: 256 * 1024 }),
  });
  await body.dump();
  return String(headers['x-subject-token'] ?? '');
}

async function askHuawei(url: string, { taskId }: JournalEntry, token: string): Promise<CloudAnswer> {
  const response = await fetch(`${url}/v5/${huawei.projectId}/backup-migration-jobs/${taskId}`, {
    headers: { 'x-auth-token': token, 'content-type': 'application/json' },
  });
  const job = (await response.json()) as {
    status?: unknown;
    options?: { is_last_backup?: boolean };
    backup_info?: { file_info?: readonly { file_name?: unknown }[] };
  };
  return {
    word: huaweiWord({ status: job.status, last: job.options?.is_last_backup === true }),
    facts: { database: null, files: (job.backup_info?.file_info ?? []).map(({ file_name }) => lastSegment(file_name)) },
  };
}

function tencentWord(status: unknown): CloudWord {
  const words: Readonly<Record<number, CloudWord>> = {
    7: 'running',
    8: 'resting',
    9: 'succeeded',
    10: 'failed',
    12: 'running',
  };
  return words[Number(status)] ?? 'absent';
}

async function askTencent(url: string, { instanceId, taskId }: JournalEntry, now: number): Promise<CloudAnswer> {
  const action = 'DescribeBackupMigration';
  const body = JSON.stringify({ InstanceId: instanceId, BackupMigrationId: taskId });
  const timestamp = Math.floor(now / 1000);
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
  const scope = `${date}/sqlserver/tc3_request`;
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const names = 'content-type;host;x-tc-action';
  const type = 'application/json; charset=utf-8';
  const headers = `content-type:${type}\nhost:${new URL(url).host}\nx-tc-action:${action.toLowerCase()}\n`;
  const toSign = `TC3-HMAC-SHA256\n${timestamp}\n${scope}\n${hash(`POST\n/\n\n${headers}\n${names}\n${hash(body)}`)}`;
  const { secretId, secretKey } = sandboxCredentials.tencent;
  const key = ['sqlserver', 'tc3_request'].reduce(mac, mac(`TC3${secretKey}`, date));
  const signature = mac(key, toSign).toString('hex');
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': type,
      'x-tc-action': action,
      'x-tc-version': '2018-03-28',
      'x-tc-region': 'ap-guangzhou',
      'x-tc-timestamp': String(timestamp),
      authorization: `TC3-HMAC-SHA256 Credential=${secretId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    },
    body,
  });
  const answer = (await response.json()) as {
    Response?: { BackupMigrationSet?: readonly { Status?: unknown; BackupFiles?: readonly unknown[] }[] };
  };
  const task = answer.Response?.BackupMigrationSet?.[0];
  return {
    word: tencentWord(task?.Status),
    facts: { database: null, files: (task?.BackupFiles ?? []).map(lastSegment) },
  };
}
