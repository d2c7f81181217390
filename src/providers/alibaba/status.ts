/** The meaning of a migration task's status (DescribeMigrateTasks page). */
export type TaskMeaning = 'running' | 'waiting' | 'succeeded' | 'failed' | 'unrecognized';

const taskMeanings: ReadonlyMap<string, TaskMeaning> = new Map([
  ['NoStart', 'running'],
  ['Running', 'running'],
  ['Waiting', 'waiting'],
  ['Success', 'succeeded'],
  ['Failed', 'failed'],
]);

/** The meaning of a task's status; `unrecognized` for a status that the page does not list. */
export function taskMeaning(status: string): TaskMeaning {
  return taskMeanings.get(status) ?? 'unrecognized';
}

/** The meaning of a file's status. `inconclusive`: the status concerns the downloaded copy and not the restore. */
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

/** The meaning of a file's status (DescribeOssDownloads page); `unrecognized` for a status that the page does not list. */
export function fileMeaning(status: string): FileMeaning {
  return fileMeanings.get(status) ?? 'unrecognized';
}
