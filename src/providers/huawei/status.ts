/** What a job's status means. A word that is not in the table never moves a state. */
export type JobState = 'running' | 'restored' | 'failed' | 'precheck_failed' | 'unrecognized';

/** Every spelling met: of the list, of the details (lower case), of the SDKs' enumerations, and the typo of the first API version. */
const states: ReadonlyMap<string, JobState> = new Map([
  ['TRANSFERRING', 'running'],
  ['TRANSFERING', 'running'],
  ['SUCCESS', 'restored'],
  ['FAILED', 'failed'],
  ['PRECHECK_FAILED', 'precheck_failed'],
]);

export function jobState(status: string): JobState {
  const word = status
    .trim()
    .toUpperCase()
    .replace(/[\s-]+/g, '_');
  return states.get(word) ?? 'unrecognized';
}
