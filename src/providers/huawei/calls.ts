import type { Backup, Migration, Step } from '../../domain/migration.ts';
import type { CancelVerdict, ChangingCall } from '../../domain/provider.ts';
import { objectOf } from '../kit/json.ts';
import { jobBody } from './body.ts';
import { findJob } from './find.ts';
import { createOperation, isJobId, jobsPath } from './jobs.ts';
import { objectToJob } from './objection.ts';
import { malformedReply, text } from './reply.ts';

/** Creates the backup migration job of one backup, which starts at once (page drs_03_0283). The vendor has no call to stop a job. */
export const createJob: ChangingCall = {
  operation: createOperation,
  refs: { required: ['jobId'], optional: [] },
  needsFile: true,

  build({ migration, backup }) {
    if (backup === null) throw new Error(`${migration.id}: ${createOperation} is about a backup`);
    return {
      operation: createOperation,
      service: 'drs',
      effect: 'write',
      method: 'POST',
      path: jobsPath,
      query: [],
      headers: {},
      body: jobBody(migration, backup),
    };
  },

  parse(reply) {
    const jobId = text(objectOf(reply)?.job_id);
    if (jobId === null || !isJobId(jobId)) throw malformedReply(createOperation, reply, 'the id of the job is missing');
    return { jobId };
  },

  find: findJob,
  objection: objectToJob,
};

/**
 * Returns the calls of a step. Each backup is one job, and the last job opens the database. Nothing can be cancelled, and a rejected job
 * leaves nothing behind.
 */
export function plan(step: Step, _migration: Migration, _backup: Backup | null): readonly ChangingCall[] {
  return step === 'restore' ? [createJob] : [];
}

/**
 * Decides whether a migration can be cancelled. A running job cannot be stopped. Between two jobs nothing runs at the vendor, so a
 * cancellation only ends the migration in Godwit.
 */
export function cancelVerdict(migration: Migration): CancelVerdict {
  const unsettled = migration.calls.some((call) => call.state === 'sending' || call.state === 'unknown');
  if (migration.state === 'cutting_over')
    return {
      possible: false,
      detail: 'The last backup is being restored and opens the database; this cannot be stopped.',
    };
  if (migration.state === 'restoring' || migration.backups.some((backup) => backup.state === 'restoring') || unsettled)
    return {
      possible: false,
      detail: 'Huawei Cloud cannot stop a backup migration job. Wait until the running one has ended.',
    };
  if (migration.state === 'pending') return { possible: true, calls: false, warning: null };
  return {
    possible: true,
    calls: false,
    warning: {
      code: 'half_restored_database',
      detail:
        'The database stays on the target in the state “restoring” and cannot be read. Drop it there if it is not needed.',
    },
  };
}
