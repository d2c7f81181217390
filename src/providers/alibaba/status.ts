/** What the status of a migration task means (DescribeMigrateTasks page). */
export type TaskMeaning = 'running' | 'waiting' | 'succeeded' | 'failed' | 'unrecognized';

const taskMeanings: ReadonlyMap<string, TaskMeaning> = new Map([
  ['NoStart', 'running'],
  ['Running', 'running'],
  ['Waiting', 'waiting'],
  ['Success', 'succeeded'],
  ['Failed', 'failed'],
]);

/** Meaning of a task's status; any word that the page does not list is `unrecognized`. */
export function taskMeaning(status: string): TaskMeaning {
  return taskMeanings.get(status) ?? 'unrecognized';
}

/** What the status of one file of a task means. `inconclusive`: about the downloaded copy, which says nothing of the restore. */
export type FileMeaning = 'running' | 'restored' | 'failed' | 'inconclusive' | 'unrecognized';

const fileMeanings: ReadonlyMap<string, FileMeaning> = new Map([
  ['NoStart', 'running'],
  ['Downloading', 'running'],
  ['Finished', 'running'],
  ['CheckSuccess', 'running'],
  ['Restoring', 'running'],
  ['Restored', 'restored'],
  ['DownloadFailed', 'failed'],
  ['VerifyFailed', 'failed'],
  ['CheckFailed', 'failed'],
  ['RestoreFailed', 'failed'],
  ['Deleted', 'inconclusive'],
  ['DeleteFailed', 'inconclusive'],
]);

/** Meaning of a file's status (DescribeOssDownloads page). */
export function fileMeaning(status: string): FileMeaning {
  return fileMeanings.get(status) ?? 'unrecognized';
}
