import { fullBackup, type Migration } from '../../domain/migration.ts';
import type { FieldFault } from '../../domain/problem.ts';
import { type Dialogue, VendorError } from '../../domain/vendor.ts';
import type { Fields } from '../kit/json.ts';
import { majorOf } from '../kit/sql-server-version.ts';
import { ossHost, regionOfOssHost } from './endpoints.ts';
import { destinationName, isChain } from './migration-task.ts';
import { readRequest } from './reads.ts';
import { answerOf, presentableText, rowsOf, textOf } from './reply.ts';

const onInstance = '/target/instanceId';

interface Expectation {
  readonly field: string;
  readonly wanted: string;
  readonly fault: (actual: string) => string;
}

/** Required fields of the instance (DescribeDBInstanceAttribute page). A missing field is not a fault. */
const expectations: readonly Expectation[] = [
  {
    field: 'Engine',
    wanted: 'SQLServer',
    fault: (engine) => `The instance runs ${engine}, not SQL Server.`,
  },
  {
    field: 'DBInstanceStatus',
    wanted: 'Running',
    fault: (status) => `The instance is ${status}; a restore needs it Running.`,
  },
  {
    field: 'LockMode',
    wanted: 'Unlock',
    fault: (lock) => `The instance is locked (${lock}). Unlock it, renew it or enlarge its storage first.`,
  },
  {
    field: 'DBInstanceType',
    wanted: 'Primary',
    fault: (type) => `The instance is of type ${type}; only a primary instance accepts a restore.`,
  },
];

/** Whether the instance is SQL Server 2008 R2 on local disks, for which files, names and steps differ from all other instances. */
function isOldLocalDisk(instance: Fields): boolean {
  const version = textOf(instance, 'EngineVersion') ?? '';
  const storage = textOf(instance, 'DBInstanceStorageType') ?? '';
  return /^2008/i.test(version) && /^local/i.test(storage);
}

function instanceFaults(migration: Migration, instance: Fields): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  for (const { field, wanted, fault } of expectations) {
    const actual = textOf(instance, field);
    if (actual !== null && actual.toLowerCase() !== wanted.toLowerCase()) {
      faults.push({ pointer: onInstance, detail: fault(actual) });
    }
  }
  return [...faults, ...regionFaults(migration, instance), ...versionFaults(migration, instance)];
}

function regionFaults(migration: Migration, instance: Fields): readonly FieldFault[] {
  const region = textOf(instance, 'RegionId');
  const { source } = fullBackup(migration);
  if (region === null) return [];
  if (region !== migration.region) {
    return [{ pointer: '/region', detail: `The instance is in ${region}, not in ${migration.region}.` }];
  }
  if (source.type !== 'object_storage') return [];
  const bucketRegion = regionOfOssHost(source.endpoint ?? ossHost(migration.region));
  return bucketRegion === null || bucketRegion === region
    ? []
    : [{ pointer: '/source/endpoint', detail: `The bucket is in ${bucketRegion}; it must be in ${region}.` }];
}

function versionFaults(migration: Migration, instance: Fields): readonly FieldFault[] {
  const version = textOf(instance, 'EngineVersion');
  const storage = textOf(instance, 'DBInstanceStorageType');
  const { source } = fullBackup(migration);
  if (isOldLocalDisk(instance)) {
    const faults: FieldFault[] = [];
    if (isChain(migration)) {
      faults.push({ pointer: '/mode', detail: 'SQL Server 2008 R2 on local disks supports only mode full.' });
    }
    if (source.type === 'object_storage') {
      faults.push({
        pointer: '/source/type',
        detail: 'SQL Server 2008 R2 on local disks accepts only a URL.',
      });
    }
    return faults;
  }
  // A 2008 R2 instance without a storage type may use local disks.
  const newer = version !== null && (!/^2008/i.test(version) || storage !== null);
  return newer && source.type === 'url'
    ? [
        {
          pointer: '/source/type',
          detail: `URLs are for SQL Server 2008 R2 on local disks; this instance has ${version}.`,
        },
      ]
    : [];
}

/** Whether the vendor rejected the request itself, rather than the access to the vendor. */
function aboutRequest(error: unknown): error is VendorError {
  return error instanceof VendorError && ['rejected', 'not_found', 'busy'].includes(error.failure.kind);
}

function words(error: VendorError): string {
  const { detail, provider } = error.failure;
  return provider.message === null ? detail : `${detail} The vendor says: ${presentableText(provider.message)}`;
}

function* nameFaults(migration: Migration): Dialogue<readonly FieldFault[]> {
  const renamed = migration.target.databases?.[0]?.restoreAs !== undefined;
  try {
    yield readRequest('CheckDBNameAvailable', [
      ['DBInstanceId', migration.target.instanceId],
      ['DBName', destinationName(migration)],
    ]);
    return [];
  } catch (error) {
    if (!aboutRequest(error)) throw error;
    const onName = `/target/databases/0/${renamed ? 'restoreAs' : 'name'}`;
    return [{ pointer: error.failure.kind === 'busy' ? onInstance : onName, detail: words(error) }];
  }
}

/** Reads the major version of the instance's SQL Server (DescribeDBInstanceAttribute page); null if it is unknown. */
export function* targetMajor(migration: Migration): Dialogue<number | null> {
  const operation = 'DescribeDBInstanceAttribute';
  const reply = yield readRequest(operation, [['DBInstanceId', migration.target.instanceId]]);
  const [instance] = rowsOf(answerOf(operation, reply), 'Items', 'DBInstanceAttribute', 'DBInstanceId');
  return instance === undefined ? null : majorOf(textOf(instance, 'EngineVersion'));
}

/**
 * Reads the instance and checks the database name (DescribeDBInstanceAttribute and CheckDBNameAvailable pages). Returns the faults that
 * would make the restore fail, with pointers into the request.
 */
export function* preflight(migration: Migration): Dialogue<readonly FieldFault[]> {
  const operation = 'DescribeDBInstanceAttribute';
  let instance: Fields | undefined;
  try {
    const reply = yield readRequest(operation, [['DBInstanceId', migration.target.instanceId]]);
    [instance] = rowsOf(answerOf(operation, reply), 'Items', 'DBInstanceAttribute', 'DBInstanceId');
  } catch (error) {
    if (!aboutRequest(error)) throw error;
    return [{ pointer: onInstance, detail: words(error) }];
  }
  if (instance === undefined) {
    return [{ pointer: onInstance, detail: 'The vendor knows no instance of this id in this account and region.' }];
  }
  const faults = instanceFaults(migration, instance);
  // On local disks an empty database of that name must exist, and the name check would reject it.
  return isOldLocalDisk(instance) ? faults : [...faults, ...(yield* nameFaults(migration))];
}
