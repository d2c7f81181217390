import type { CloudName } from '../cloud.ts';
import type { BackupFileSpecification } from './backup-file.ts';
import type { StoredFile } from './objects.ts';

const texts = [
  'database',
  'kind',
  'firstLsn',
  'lastLsn',
  'checkpointLsn',
  'databaseBackupLsn',
  'startedAt',
  'finishedAt',
];
const optionals: Readonly<Record<string, string>> = {
  serverVersion: 'string',
  copyOnly: 'boolean',
  stripe: 'object',
  sets: 'number',
  bindingId: 'string',
  recoveryFork: 'string',
  dataBytes: 'number',
  provisionalLsn: 'string',
  compressed: 'boolean',
};

const usage =
  '{ "cloud", "bucket", "key", "backup": { "database", "kind": "D" | "I" | "L", "firstLsn", "lastLsn", "checkpointLsn", ' +
  '"databaseBackupLsn", "startedAt", "finishedAt" } or "text", "storageClass", "growsMs" }';

/** Parses an object to store from an admin request. Returns an error message as text if the request is invalid. */
export function readPut(
  body: unknown,
  timeOf: (cloud: CloudName) => number,
): { readonly cloud: CloudName; readonly file: StoredFile } | string {
  if (typeof body !== 'object' || body === null) return usage;
  const { cloud, bucket, key, backup, text, storageClass, growsMs, ...rest } = body as Readonly<
    Record<string, unknown>
  >;
  if (Object.keys(rest).length > 0) return `unknown: ${Object.keys(rest).join(', ')}; ${usage}`;
  if (cloud !== 'alibaba' && cloud !== 'huawei' && cloud !== 'tencent') return usage;
  if (typeof bucket !== 'string' || typeof key !== 'string' || key === '') return usage;
  const content = typeof text === 'string' ? { text } : isSpecification(backup) ? { backup } : null;
  if (content === null) return usage;
  const putAt = timeOf(cloud);
  const file: StoredFile = {
    bucket,
    key,
    putAt,
    content,
    ...(typeof storageClass === 'string' && { storageClass }),
    ...(typeof growsMs === 'number' && { growsMs }),
  };
  return { cloud, file };
}

function isSpecification(value: unknown): value is BackupFileSpecification {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  const known = Object.entries(fields).every(([name, each]) => texts.includes(name) || typeof each === optionals[name]);
  const lsns = texts.filter((name) => name.endsWith('Lsn')).every((name) => /^\d{1,25}$/.test(String(fields[name])));
  return known && lsns && texts.every((name) => typeof fields[name] === 'string');
}
