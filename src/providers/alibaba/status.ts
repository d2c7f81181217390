/** Meanings of a migration task's status (DescribeMigrateTasks page). */
export type TaskMeaning = 'running' | 'waiting' | 'succeeded' | 'failed' | 'unrecognized';

const taskMeanings: ReadonlyMap<string, TaskMeaning> = new Map([
  ['NoStart', 'running'],
  ['Running', 'running'],
  ['Waiting', 'waiting'],
  ['Success', 'succeeded'],
  ['Failed', 'failed'],
]);

/** The meaning of a task's status. A status that the page lacks is `unrecognized`. */
export function taskMeaning(status: string): TaskMeaning {
  return taskMeanings.get(status) ?? 'unrecognized';
}

/** Meanings of a file's status. `inconclusive`: it concerns the downloaded copy and says nothing about the restore. */
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
