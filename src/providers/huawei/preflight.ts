import { fullBackup, type Migration, restoredName, type Source } from '../../domain/migration.ts';
import type { FieldFault } from '../../domain/problem.ts';
import { type Account, type Dialogue, VendorError, type VendorReply, type VendorRequest } from '../../domain/vendor.ts';
import { asObject, type Fields, objectOf, objectsIn } from '../kit/json.ts';
import { majorOf } from '../kit/sql-server-version.ts';
import { count, malformedReply, text } from './reply.ts';

const pageSize = 100;
const maxPages = 20;

const fault = (pointer: string, detail: string): FieldFault => ({ pointer, detail });

/**
 * Checks a migration with reads of RDS (pages of ListInstances, ListBackups and ListSqlserverDatabases). The target must be an active SQL
 * Server instance and not a replica. A backup of an instance must be complete, have the stated version and contain the requested databases.
 * A database with the same name must not exist, unless it may be overwritten.
 */
export function* preflight(migration: Migration, _account: Account): Dialogue<readonly FieldFault[]> {
  const { source } = fullBackup(migration);
  const target = yield* readInstance(migration.target.instanceId);
  const faults = [...targetFaults(target, migration.target.instanceId)];
  let held: readonly string[] | null = null;
  if (source.type === 'instance_backup') {
    const backup = yield* readBackup(source);
    faults.push(...backupFaults(backup, source, target, migration));
    held = backup === null ? null : databaseNames(backup);
  }
  if (target !== null && !migration.target.overwrite)
    faults.push(...clashes(migration, yield* readDatabases(migration.target.instanceId), held));
  return faults;
}

/** Reads the major version of the instance's SQL Server (ListInstances page); null if it is unknown. */
export function* targetMajor(migration: Migration): Dialogue<number | null> {
  const target = yield* readInstance(migration.target.instanceId);
  return majorOf(text(asObject(target?.datastore)?.version));
}

function read(operation: string, path: string, query: VendorRequest['query']): VendorRequest {
  return { operation, service: 'rds', effect: 'read', method: 'GET', path, query, headers: {}, body: undefined };
}

/** The list under `key`. Throws `VendorError` of kind `malformed` if it is missing, because a missing list differs from an empty one. */
function listIn(operation: string, reply: VendorReply, key: string): { list: readonly Fields[]; total: number | null } {
  const body = objectOf(reply);
  if (!Array.isArray(body?.[key])) throw malformedReply(operation, reply, `the list \`${key}\` is missing`);
  return { list: objectsIn(body[key]), total: count(body.total_count) };
}

function isNotFound(error: unknown): boolean {
  return error instanceof VendorError && error.failure.kind === 'not_found';
}

/** Reads an instance by its id (ListInstances page). Null: the project has no such instance. */
export function* readInstance(id: string): Dialogue<Fields | null> {
  const operation = 'ListInstances';
  try {
    const reply = yield read(operation, '/v3/{project_id}/instances', [['id', id]]);
    return listIn(operation, reply, 'instances').list.find((instance) => text(instance.id) === id) ?? null;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

function targetFaults(target: Fields | null, id: string): readonly FieldFault[] {
  const at = '/target/instanceId';
  if (target === null) return [fault(at, `Huawei Cloud has no instance ${id} in this project and region.`)];
  const faults: FieldFault[] = [];
  const engine = text(asObject(target.datastore)?.type);
  const status = text(target.status);
  if (engine !== null && engine.toLowerCase() !== 'sqlserver')
    faults.push(fault(at, `The instance runs ${engine}, not SQL Server.`));
  if (status !== null && status.toUpperCase() !== 'ACTIVE')
    faults.push(fault(at, `The instance is ${status}; it must be ACTIVE.`));
  if (text(target.type)?.toLowerCase() === 'replica')
    faults.push(fault(at, 'The instance is a read replica; restore to its primary instance.'));
  return faults;
}

type InstanceBackup = Extract<Source, { type: 'instance_backup' }>;

function* readBackup(source: InstanceBackup): Dialogue<Fields | null> {
  const operation = 'ListBackups';
  try {
    const reply = yield read(operation, '/v3/{project_id}/backups', [
      ['instance_id', source.instanceId],
      ['backup_id', source.backupId],
    ]);
    // One sample of the vendor has a space at the end of this key.
    const { list } = listIn(operation, reply, 'backups');
    return list.find((backup) => (text(backup.id) ?? text(backup['id '])) === source.backupId) ?? null;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

function databaseNames(backup: Fields): readonly string[] | null {
  if (!Array.isArray(backup.databases)) return null;
  const names = objectsIn(backup.databases).map((database) => text(database.name));
  return names.filter((name) => name !== null);
}

function backupFaults(
  backup: Fields | null,
  source: InstanceBackup,
  target: Fields | null,
  migration: Migration,
): readonly FieldFault[] {
  if (backup === null)
    return [fault('/source/backupId', `The instance ${source.instanceId} has no backup ${source.backupId}.`)];
  const faults: FieldFault[] = [];
  const status = text(backup.status);
  const kind = text(backup.type)?.toLowerCase();
  const version = text(asObject(backup.datastore)?.version);
  const targetVersion = text(asObject(target?.datastore)?.version);
  if (status !== null && status.toUpperCase() !== 'COMPLETED')
    faults.push(fault('/source/backupId', `The backup is ${status}; it must be COMPLETED.`));
  if (kind !== undefined && kind !== 'auto' && kind !== 'manual')
    faults.push(fault('/source/backupId', `The backup is of type ${kind}; only a full one can be restored.`));
  if (version !== null && version !== source.engineVersion)
    faults.push(fault('/source/engineVersion', `The backup comes from version ${version}.`));
  if (yearOf(version ?? source.engineVersion) > yearOf(targetVersion ?? ''))
    faults.push(fault('/target/instanceId', `The target runs ${targetVersion}, which is older than the backup.`));

  const held = databaseNames(backup);
  if (held !== null)
    migration.target.databases?.forEach(({ name }, index) => {
      if (!held.includes(name))
        faults.push(fault(`/target/databases/${index}/name`, `The backup contains no database \`${name}\`.`));
    });
  return faults;
}

/** The year in a version such as `2019_EE`. NaN if there is none, so that every comparison is false. */
function yearOf(version: string): number {
  return Number(/^\d{4}/.exec(version)?.[0] ?? Number.NaN);
}

function* readDatabases(instanceId: string): Dialogue<readonly string[]> {
  const operation = 'ListSqlserverDatabases';
  const path = `/v3/{project_id}/instances/${instanceId}/database/detail`;
  const names: string[] = [];
  let seen = 0;
  for (let page = 1; page <= maxPages; page++) {
    const reply = yield read(operation, path, [
      ['page', String(page)],
      ['limit', String(pageSize)],
    ]);
    const { list, total } = listIn(operation, reply, 'databases');
    for (const database of list) {
      const name = text(database.name);
      if (name !== null && text(database.state)?.toLowerCase() !== 'notexists') names.push(name);
    }
    seen += list.length;
    if (list.length === 0 || (total !== null && seen >= total)) break;
  }
  return names;
}

/** Faults for databases that already exist on the target. If the request names no databases, the known contents of the backup are compared. */
function clashes(
  migration: Migration,
  existing: readonly string[],
  held: readonly string[] | null,
): readonly FieldFault[] {
  const taken = new Set(existing.map((name) => name.toLowerCase()));
  const named = migration.target.databases?.map((database, index) => ({
    name: restoredName(database),
    pointer: `/target/databases/${index}/${database.restoreAs === undefined ? 'name' : 'restoreAs'}`,
  }));
  const wanted = named ?? (held ?? []).map((name) => ({ name, pointer: '/target/overwrite' }));
  return wanted
    .filter(({ name }) => taken.has(name.toLowerCase()))
    .map(({ name, pointer }) =>
      fault(pointer, `The target already has a database \`${name}\`. Use another name, or set \`overwrite\`.`),
    );
}
