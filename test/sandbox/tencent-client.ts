import { createHash, createHmac } from 'node:crypto';
import { expect } from 'vitest';
import {
  type SandboxCloud,
  type SandboxEnvironment,
  type SandboxRequest,
  sandboxCredentials,
} from '../../src/sandbox/cloud.ts';
import { createTencentCloud } from '../../src/sandbox/tencent/index.ts';
import { loadVendorOperations } from '../../src/sandbox/vendor-schema.ts';

export const restoreMs = 10_000;
/** 2023-11-14 22:13:20 UTC, 2023-11-15 06:13:20 in China. */
export const start = 1_700_000_000_000;
export const instance = 'mssql-rdc0gajn';

const operations = loadVendorOperations('tencent');

export interface Answer {
  readonly [field: string]: unknown;
  readonly RequestId: string;
  readonly Error?: { readonly Code: string; readonly Message: string };
}

/** A signed request as the vendor's documentation describes it, and ways to damage it. */
export interface Shape {
  readonly method?: 'GET' | 'POST';
  readonly query?: string;
  readonly host?: string;
  readonly signedHost?: string;
  readonly service?: string;
  readonly contentType?: string;
  readonly signedHeaders?: readonly string[];
  /** In seconds. Default: the cloud's time. */
  readonly timestamp?: number;
  readonly date?: string;
  readonly secretId?: string;
  readonly secretKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export function signed(action: string, parameters: object, shape: Shape = {}): SandboxRequest {
  const method = shape.method ?? 'POST';
  const timestamp = shape.timestamp ?? start / 1000;
  const date = shape.date ?? new Date(timestamp * 1000).toISOString().slice(0, 10);
  const scope = `${date}/${shape.service ?? 'sqlserver'}/tc3_request`;
  const body = method === 'GET' ? '' : (shape.body ?? JSON.stringify(parameters));
  const headers: Record<string, string> = {
    'content-type':
      shape.contentType ?? (method === 'GET' ? 'application/x-www-form-urlencoded' : 'application/json; charset=utf-8'),
    host: shape.host ?? 'sqlserver.tencentcloudapi.com',
    'x-tc-action': action,
    'x-tc-version': '2018-03-28',
    'x-tc-region': 'ap-guangzhou',
    'x-tc-timestamp': String(timestamp),
    ...shape.headers,
  };
  const names = shape.signedHeaders ?? ['content-type', 'host', 'x-tc-action'];
  const lines = names.map((name) => {
    const value = name === 'host' ? (shape.signedHost ?? headers.host) : headers[name];
    return `${name}:${(value ?? '').toLowerCase()}\n`;
  });
  const canonical = `${method}\n/\n${shape.query ?? ''}\n${lines.join('')}\n${names.join(';')}\n${sha256(body)}`;
  const dateKey = hmac(`TC3${shape.secretKey ?? sandboxCredentials.tencent.secretKey}`, date);
  const key = hmac(hmac(dateKey, shape.service ?? 'sqlserver'), 'tc3_request');
  const signature = hmac(key, `TC3-HMAC-SHA256\n${timestamp}\n${scope}\n${sha256(canonical)}`).toString('hex');
  const credential = `${shape.secretId ?? sandboxCredentials.tencent.secretId}/${scope}`;
  headers.authorization = `TC3-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { method, path: '/', query: shape.query ?? '', headers, body };
}

/** A cloud with a manual clock, and a client that signs correctly. */
export class Bench {
  now = start;
  lagMs = 0;
  readonly cloud: SandboxCloud;
  #ids = 0;

  constructor(restored?: unknown) {
    const environment: SandboxEnvironment = {
      now: () => this.now,
      uuid: () => `00000000-0000-4000-8000-${String(this.#ids++).padStart(12, '0')}`,
      restoreMs,
      listLagMs: () => this.lagMs,
      ...(restored === undefined ? {} : { restored }),
    };
    this.cloud = createTencentCloud(environment);
  }

  /** Sends the request unchanged. Fails when the vendor's document does not declare the answer. */
  send(request: SandboxRequest): Answer {
    const response = this.cloud.handle(request);
    expect(response.status).toBe(200);
    const body = JSON.parse(response.body);
    const operation = operations.get(request.headers['x-tc-action'] ?? '');
    if (operation !== undefined) expect(operation.validateResponse(200, body)).toEqual([]);
    return body.Response;
  }

  call(action: string, parameters: object = {}): Answer {
    return this.send(signed(action, parameters, { timestamp: Math.floor(this.now / 1000) }));
  }

  /** The error code, or the fields without one. */
  code(action: string, parameters: object = {}): string | undefined {
    return this.call(action, parameters).Error?.Code;
  }

  full(file: string, more: object = {}): string {
    const answer = this.call('CreateBackupMigration', {
      InstanceId: instance,
      RecoveryType: 'FULL',
      UploadType: 'COS_URL',
      MigrationName: 'orders_20231114',
      BackupFiles: [url(file)],
      ...more,
    });
    expect(answer.Error).toBeUndefined();
    return String(answer.BackupMigrationId);
  }

  startFull(id: string, instanceId = instance): Answer {
    return this.call('StartBackupMigration', { InstanceId: instanceId, BackupMigrationId: id });
  }

  increment(fullId: string, file: string, isRecovery: 'YES' | 'NO' = 'NO'): Answer {
    return this.call('CreateIncrementalMigration', {
      InstanceId: instance,
      BackupMigrationId: fullId,
      BackupFiles: [url(file)],
      IsRecovery: isRecovery,
    });
  }

  startIncrement(fullId: string, id: unknown): Answer {
    return this.call('StartIncrementalMigration', {
      InstanceId: instance,
      BackupMigrationId: fullId,
      IncrementalMigrationId: id,
    });
  }

  task(id: string, instanceId = instance): Task {
    const answer = this.call('DescribeBackupMigration', { InstanceId: instanceId, BackupMigrationId: id });
    return only(answer.BackupMigrationSet);
  }

  child(fullId: string, id: unknown): Task {
    const answer = this.call('DescribeIncrementalMigration', {
      InstanceId: instance,
      BackupMigrationId: fullId,
      IncrementalMigrationId: id,
    });
    return only(answer.IncrementalMigrationSet);
  }

  flow(flowId: unknown): unknown {
    return this.call('DescribeFlowStatus', { FlowId: flowId }).Status;
  }

  /** A chain whose task waits at status 8. */
  waitingChain(recoveryType: 'FULL_LOG' | 'FULL_DIFF' = 'FULL_LOG'): string {
    const suffix = recoveryType === 'FULL_LOG' ? '2full2_2noreconvery2' : '1full1_1noreconvery1';
    const id = this.full(`orders_20231114220000_${suffix}.bak`, { RecoveryType: recoveryType });
    this.startFull(id);
    this.now += restoreMs;
    expect(this.task(id).Status).toBe(8);
    return id;
  }
}

export interface Task {
  readonly Status: number;
  readonly StartTime: string;
  readonly CreateTime: string;
  readonly EndTime: string;
  readonly Message: string | null;
  readonly MigrationName: string;
  readonly IsRecovery: string;
  readonly DBRename: readonly { readonly OldName: string; readonly NewName: string }[] | null;
  readonly Detail: {
    readonly StepAll: number;
    readonly StepNow: number;
    readonly Progress: number;
    readonly StepInfo: readonly { readonly Status: number }[] | null;
  } | null;
  readonly Action: { readonly AllowedAction: readonly string[] } | null;
}

export function url(file: string): string {
  return `https://demo-1250000000.cos.ap-guangzhou.myqcloud.com/backups/${encodeURIComponent(file)}`;
}

function only(set: unknown): Task {
  expect(set).toHaveLength(1);
  return (set as readonly Task[])[0] as Task;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
