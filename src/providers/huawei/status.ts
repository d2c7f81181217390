/** The meaning of a job's status. An unrecognized status never changes a state. */
export type JobState = 'running' | 'restored' | 'failed' | 'precheck_failed' | 'unrecognized';

/**
 * All known spellings: of the list, of the details (lower case), of the SDKs' enumerations, and a misspelling of the first API version
 * (page drs_03_0284).
 */
const states: ReadonlyMap<string, JobState> = new Map([
  ['TRANSFERRING', 'running'],
  ['TRANSFERING', 'running'],
  ['SUCCESS', 'restored'],
  ['FAILED', 'failed'],
  ['PRECHECK_FAILED', 'precheck_failed'],
]);

/** The meaning of a job's status, in any spelling. */
export function jobState(status: string): JobState {
  const word = status
    .trim()
    .toUpperCase()
    .replace(/[\s-]+/g, '_');
  return states.get(word) ?? 'unrecognized';
}
