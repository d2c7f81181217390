import { createServer, type IncomingMessage } from 'node:http';
import { ready } from './child.ts';

/**
 * Answers like the three vendors but checks nothing, because the verification of signatures by the emulated clouds would distort the
 * comparison. It keeps the tasks of each instance for lists. `GET /counts` returns the number of calls per operation. `POST /status` sets
 * the status of all tasks from now on: `running` or `succeeded`.
 */
const counts: Record<string, number> = {};
const tasks = new Map<string, { readonly id: string; readonly name: string; readonly at: string }[]>();
const words = {
  running: { alibaba: 'Running', huawei: 'TRANSFERRING', tencent: 7 },
  succeeded: { alibaba: 'Success', huawei: 'SUCCESS', tencent: 9 },
} as const;
let word: (typeof words)[keyof typeof words] = words.running;
let last = 100_000_000;

function register(instance: string, id: string, name = ''): void {
  const known = tasks.get(instance);
  const task = { id, name, at: new Date().toISOString().replace(/\.\d+/, '') };
  if (known === undefined) tasks.set(instance, [task]);
  else known.push(task);
}

/** An unknown instance gets the tasks of the first one, because the copies of a filled store refer to them. */
function tasksOf(instance: string): readonly { readonly id: string; readonly name: string; readonly at: string }[] {
  return tasks.get(instance) ?? tasks.values().next().value ?? [];
}

type Parameters = Readonly<Record<string, string | undefined>>;

function alibaba(operation: string, given: Parameters): unknown {
  const instance = given.DBInstanceId ?? '';
  const RequestId = `1F0C3A5E-${last}`;
  const own = tasksOf(instance);
  const row = ({ id, at }: (typeof own)[number]) => ({
    DBName: given.DBName ?? 'orders',
    MigrateTaskId: id,
    CreateTime: at,
    EndTime: at,
    BackupMode: 'FULL',
    Status: word.alibaba,
    IsDBReplaced: 'false',
    Description: '',
  });
  switch (operation) {
    case 'CreateMigrateTask': {
      const MigrateTaskId = String(++last);
      register(instance, MigrateTaskId);
      const { DBName, BackupMode } = given;
      return { RequestId, DBInstanceId: instance, DBName, BackupMode, TaskId: `5${MigrateTaskId}`, MigrateTaskId };
    }
    case 'DescribeMigrateTaskById': {
      const task = own.find(({ id }) => id === given.MigrateTaskId);
      return { RequestId, DBInstanceId: instance, ...(task && row(task)) };
    }
    case 'DescribeMigrateTasks': {
      const page = Number(given.PageNumber ?? 1);
      const size = Number(given.PageSize ?? 30);
      const shown = own.slice((page - 1) * size, page * size).map(row);
      return { RequestId, TotalRecordCount: own.length, PageNumber: page, Items: { MigrateTask: shown } };
    }
    default:
      return { RequestId, Items: { OssDownload: [] } };
  }
}

function tencent(operation: string, body: string): unknown {
  const given = JSON.parse(body === '' ? '{}' : body) as {
    InstanceId?: string;
    BackupMigrationId?: string;
    MigrationName?: string;
    Offset?: number;
    Limit?: number;
  };
  const RequestId = `4a1f0c3a-${last}`;
  const instance = given.InstanceId ?? '';
  switch (operation) {
    case 'CreateBackupMigration': {
      const BackupMigrationId = `mssql-backup-migration-${++last}`;
      register(instance, BackupMigrationId, given.MigrationName);
      return { Response: { BackupMigrationId, RequestId } };
    }
    case 'DescribeBackupMigration': {
      const own = tasksOf(instance).filter(({ id }) => (given.BackupMigrationId ?? id) === id);
      const shown = own.toReversed().slice(given.Offset ?? 0, (given.Offset ?? 0) + (given.Limit ?? 100));
      const BackupMigrationSet = shown.map(({ id, name, at }) => ({
        BackupMigrationId: id,
        BackupMigrationName: name,
        InstanceId: instance,
        RecoveryType: 'FULL',
        UploadType: 'COS_URL',
        CreateTime: at.replace('T', ' ').replace('Z', ''),
        StartTime: at.replace('T', ' ').replace('Z', ''),
        EndTime: at.replace('T', ' ').replace('Z', ''),
        BackupFiles: ['prod/orders.bak'],
        Status: word.tencent,
        Message: '',
        Detail: { Progress: 40, StepInfo: [] },
        Action: { AllAction: [], AllowedAction: [] },
        IsRecovery: 'YES',
      }));
      return { Response: { TotalCount: own.length, BackupMigrationSet, RequestId } };
    }
    case 'DescribeIncrementalMigration':
      return { Response: { TotalCount: 0, IncrementalMigrationSet: [], RequestId } };
    case 'DescribeFlowStatus':
      return { Response: { Status: 2, RequestId } };
    default:
      return { Response: { FlowId: ++last, RequestId } };
  }
}

function huawei(method: string, url: URL, body: string): unknown {
  const row = ({ id, name, at }: { id: string; name: string; at: string }) => ({
    id,
    name,
    status: word.huawei,
    create_time: at,
    finish_time: at,
    is_last_backup: true,
  });
  if (method === 'POST') {
    const job_id = `3f1c2b7a-90de-4c11-8a52-${++last}jb703`;
    register('', job_id, (JSON.parse(body) as { name?: string }).name);
    return { job_id };
  }
  const jobs = tasks.get('') ?? [];
  const id = url.pathname.split('/').at(-1);
  const one = jobs.find((job) => job.id === id);
  if (one !== undefined) return row(one);
  const offset = Number(url.searchParams.get('offset') ?? 0);
  const limit = Number(url.searchParams.get('limit') ?? 10);
  return {
    count: jobs.length,
    jobs: jobs
      .toReversed()
      .slice(offset, offset + limit)
      .map(row),
  };
}

function answer({ method = 'GET', headers, url: target = '/' }: IncomingMessage, body: string): unknown {
  const url = new URL(target, 'http://stub');
  if (url.pathname === '/counts') return counts;
  if (url.pathname === '/status') {
    word = words[body as keyof typeof words];
    return {};
  }
  const count = (operation: string): string => {
    counts[operation] = (counts[operation] ?? 0) + 1;
    return operation;
  };
  const action = headers['x-tc-action'];
  if (typeof action === 'string') return tencent(count(action), body);
  if (url.pathname.startsWith('/v5/'))
    return huawei(method, url, count(method === 'POST' ? 'CreateReplicationJob' : 'ListReplicationJobs') && body);
  const given = { ...Object.fromEntries(url.searchParams), ...Object.fromEntries(new URLSearchParams(body)) };
  return alibaba(count(given.Action ?? String(headers['x-acs-action'])), given);
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (part: string) => {
    body += part;
  });
  request.on('end', () => {
    const text = JSON.stringify(answer(request, body));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => ready(server));
