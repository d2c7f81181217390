import { type Backup, fullBackup, type Migration, restoredName, type Step } from '../../../src/domain/migration.ts';
import type { CancelVerdict, ChangingCall } from '../../../src/domain/provider.ts';
import type { VendorRequest } from '../../../src/domain/vendor.ts';
import { textOf } from '../../../src/providers/kit/issuing.ts';
import { asObject, objectOf } from '../../../src/providers/kit/json.ts';
import { malformedReply, restoresIn } from './reply.ts';

const create = 'CreateRestore';
const list = 'ListRestores';

/** Unique for each submission, and the same for each resend. */
const nameOf = ({ id, attempt }: Backup): string => `${id}-${attempt}`;

export function listRequest(instance: string): VendorRequest {
  return {
    operation: list,
    service: 'api',
    effect: 'read',
    method: 'GET',
    path: '/restores',
    query: [['instance', instance]],
    headers: {},
    body: undefined,
  };
}

/** The restore that a backup of a chain follows: the last completed one. */
function before(migration: Migration, backup: Backup): string | null {
  const restored = migration.backups.findLast(({ id, state }) => id !== backup.id && state === 'restored');
  return restored === undefined ? null : nameOf(restored);
}

const createRestore: ChangingCall = {
  operation: create,
  refs: { required: ['restoreId'], optional: [] },
  needsFile: true,
  build({ migration, backup }) {
    const subject = backup ?? fullBackup(migration);
    const { source } = subject;
    if (source.type !== 'object_storage') throw new Error('this vendor reads object storage only');
    const [database] = migration.target.databases ?? [];
    return {
      operation: create,
      service: 'api',
      effect: 'write',
      method: 'POST',
      path: '/restores',
      query: [],
      headers: {},
      body: {
        name: nameOf(subject),
        instance: migration.target.instanceId,
        database: database === undefined ? '' : restoredName(database),
        file: `${source.bucket}/${source.keys[0]}`,
        last: migration.mode === 'full' || subject.final,
        after: before(migration, subject),
      },
    };
  },
  parse(reply) {
    const restoreId = textOf(asObject(objectOf(reply)?.restore)?.id);
    if (restoreId === null) throw malformedReply(create, reply, 'names no restore');
    return { restoreId };
  },
  *find({ migration, backup, taken }) {
    const restores = restoresIn(list, yield listRequest(migration.target.instanceId));
    const found = restores.find(({ name }) => name === nameOf(backup ?? fullBackup(migration)));
    if (found === undefined) return { found: 'no' };
    if (taken.has(found.id)) return { found: 'unclear', detail: `Restore ${found.id} belongs to another migration.` };
    return { found: 'yes', refs: { restoreId: found.id } };
  },
  *objection({ migration }, { restoreId = '' }) {
    const restores = restoresIn(list, yield listRequest(migration.target.instanceId));
    return restores.some(({ id }) => id === restoreId) ? null : `Pelican Cloud shows no restore ${restoreId}.`;
  },
};

export function plan(step: Step): readonly ChangingCall[] {
  return step === 'restore' ? [createRestore] : [];
}

export function cancelVerdict(migration: Migration): CancelVerdict {
  return migration.backups.some(({ state }) => state === 'restoring' || state === 'submitting')
    ? { possible: false, detail: 'Pelican Cloud cannot stop a restore.' }
    : { possible: true, calls: false, warning: null };
}
