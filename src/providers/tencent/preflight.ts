import { type Migration, restoredName } from '../../domain/migration.ts';
import type { FieldFault } from '../../domain/problem.ts';
import { type Account, type Dialogue, VendorError, type VendorReply } from '../../domain/vendor.ts';
import { type Fields, objectsIn } from '../kit/json.ts';
import { majorOf } from '../kit/sql-server-version.ts';
import { asInteger, asText, malformedReply, requireResponse } from './reply.ts';
import { read } from './task.ts';

/** Meanings of an instance's `Status` (DescribeDBInstances page). */
const instanceStates: Readonly<Record<number, string>> = {
  1: 'being created',
  3: 'running with restrictions during a switchover',
  4: 'isolated',
  5: 'being recycled',
  6: 'recycled',
  7: 'busy with a task such as a backup',
  8: 'offline',
  9: 'being scaled',
  10: 'being migrated',
  11: 'read-only',
  12: 'restarting',
  13: 'waiting for a switch after a change',
  14: 'creating a publication',
  15: 'changing a publication',
  16: 'switching after a change',
  17: 'creating a replica',
};
const running = 2;

/** Page size of DescribeDatabases, and a maximum number of pages beyond the databases of any instance. */
const pageSize = 100;
const maxPages = 20;

const at = (detail: string): FieldFault => ({ pointer: '/target/instanceId', detail });

function instanceFaults(instance: Fields): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  const status = asInteger(instance.Status);
  if (status !== null && status !== running)
    faults.push(
      at(`The instance is not running normally (status ${status}: ${instanceStates[status] ?? 'not documented'}).`),
    );
  const type = asText(instance.InstanceType) ?? '';
  if (asText(instance.ROFlag) === 'RO' || type === 'RO' || type === 'cvmRO')
    faults.push(at('The instance is a read-only replica: restore into its primary instance.'));
  if (type === 'BI') faults.push(at('The instance is a business intelligence server, which accepts no backup import.'));
  return faults;
}

function listOf(operation: string, reply: VendorReply): { items: readonly Fields[]; total: number | null } {
  const response = requireResponse(operation, reply);
  const total = asInteger(response.TotalCount);
  if (!Array.isArray(response.DBInstances) && total !== 0) throw malformedReply(operation, reply, 'lacks DBInstances');
  return { items: objectsIn(response.DBInstances), total };
}

/** Reads the major version of the instance's SQL Server (DescribeDBInstances page); null if it is unknown. */
export function* targetMajor({ target }: Migration): Dialogue<number | null> {
  const reply = yield read('DescribeDBInstances', { InstanceIdSet: [target.instanceId], Limit: 1 });
  const [instance] = listOf('DescribeDBInstances', reply).items;
  return instance === undefined ? null : majorOf(asText(instance.Version));
}

/** The lower-case names of the databases on the instance. */
function* databasesOn(instanceId: string): Dialogue<ReadonlySet<string>> {
  const names = new Set<string>();
  for (let page = 0; page < maxPages; page++) {
    const before = names.size;
    const reply = yield read('DescribeDatabases', { InstanceIdSet: [instanceId], Limit: pageSize, Offset: page });
    const { items } = listOf('DescribeDatabases', reply);
    const details = items.flatMap((item) => objectsIn(item.DBDetails));
    for (const detail of details) {
      const name = asText(detail.Name);
      if (name !== null) names.add(name.toLowerCase());
    }
    // The documentation of `TotalCount` is ambiguous, so a short page or a page without new names ends the reading.
    if (details.length < pageSize || names.size === before) break;
  }
  return names;
}

/**
 * Checks whether the instance can accept the migration now: its state, its type, and its existing databases (DescribeDBInstances and
 * DescribeDatabases pages).
 */
export function* preflight(migration: Migration, _account: Account): Dialogue<readonly FieldFault[]> {
  const { instanceId, databases = [] } = migration.target;
  const absent = at(`The vendor knows no instance ${instanceId} in ${migration.region} in this account.`);
  try {
    const reply = yield read('DescribeDBInstances', { InstanceIdSet: [instanceId], Limit: 1 });
    const { items } = listOf('DescribeDBInstances', reply);
    const instance = items.find((item) => asText(item.InstanceId) === instanceId);
    if (instance === undefined) return [absent];
    const faults = instanceFaults(instance);
    if (databases.length === 0) return faults;
    const taken = yield* databasesOn(instanceId);
    const clashes = databases.flatMap((database, index): readonly FieldFault[] => {
      if (!taken.has(restoredName(database).toLowerCase())) return [];
      const field = database.restoreAs === undefined ? 'name' : 'restoreAs';
      const detail = `A database named ${restoredName(database)} exists on the instance; the vendor does not overwrite it.`;
      return [{ pointer: `/target/databases/${index}/${field}`, detail }];
    });
    return [...faults, ...clashes];
  } catch (error) {
    if (error instanceof VendorError && error.failure.kind === 'not_found') return [absent];
    throw error;
  }
}
