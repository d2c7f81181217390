import type { MigrationError } from '../../domain/migration.ts';

/** What a task's `Status` means (data structure `Migration`). Other numbers are not documented. */
export type Stage = 'created' | 'importing' | 'resting' | 'succeeded' | 'failed' | 'incrementing';

const stages: ReadonlyMap<number, Stage> = new Map([
  [2, 'created'],
  [7, 'importing'],
  [8, 'resting'],
  [9, 'succeeded'],
  [10, 'failed'],
  [12, 'incrementing'],
]);

/** The stage of a task or child; null for a number that the vendor does not document. */
export function stageOf(status: number | null): Stage | null {
  return status === null ? null : (stages.get(status) ?? null);
}

/** Whether a task or child in that stage has been started. */
export function hasStarted(stage: Stage): boolean {
  return stage !== 'created';
}

/** `Status` of a step in `Detail.StepInfo`, a scale of its own: 2 is failed. */
export const stepFailed = 2;

/** `Status` of a flow (DescribeFlowStatus), again a scale of its own. Null for a number that is not documented. */
export function flowOutcome(status: number | null): 'succeeded' | 'failed' | 'running' | null {
  if (status === 0) return 'succeeded';
  if (status === 1) return 'failed';
  return status === 2 ? 'running' : null;
}

interface Hint {
  readonly fragments: readonly string[];
  readonly detail: string;
}

/** Plain words for what failure messages usually say, in both languages of the vendor. They explain; nothing is decided by them. */
const hints: readonly Hint[] = [
  {
    fragments: ['not enough space', 'insufficient disk', 'insufficient space', 'disk space', '空间不足'],
    detail: 'The instance has not enough free storage for the database: enlarge it, then retry.',
  },
  {
    fragments: ['already exist', '已存在'],
    detail: 'A database of that name exists on the instance: restore under another name with `restoreAs`, or drop it.',
  },
  {
    fragments: [
      'newer version',
      'higher version',
      'later version',
      'version is not compatible',
      '高版本',
      '版本不兼容',
    ],
    detail:
      'The backup comes from a newer SQL Server than the instance runs: use an instance of at least that version.',
  },
  {
    fragments: ['not found in cos', 'no such key', 'nosuchkey', 'failed to download', '文件不存在', '下载失败'],
    detail:
      'The vendor could not fetch the file: check that the object exists and that the link is readable and still valid.',
  },
  {
    fragments: ['lsn', 'too recent', 'too early', 'log chain', '日志链', '不连续'],
    detail: 'The file does not follow the last restored one: submit the missing backup of the sequence first.',
  },
  {
    fragments: ['corrupt', 'damaged', 'checksum', 'incorrectly formed', '损坏'],
    detail:
      'The backup file is damaged or not a SQL Server backup: make it again and check it with RESTORE VERIFYONLY.',
  },
];

/** Plain words for a failed restore, with the vendor's step where it names one. */
export function failureDetail(message: string, failedStep: string | null): string {
  const text = message.toLowerCase();
  const hint = hints.find(({ fragments }) => fragments.some((fragment) => text.includes(fragment)));
  const step =
    failedStep === null
      ? 'The vendor reports that the restore failed.'
      : `The restore failed in the vendor’s step “${failedStep}”.`;
  const advice = hint?.detail ?? 'The vendor’s message says why; correct the cause, then submit the backup again.';
  return `${step} ${advice}`;
}

/** The error of a failed task or child, with the vendor's message verbatim. */
export function restoreFailed(
  operation: string,
  task: { readonly message: string; readonly failedStep: string | null; readonly requestId: string | null },
): MigrationError {
  return {
    code: 'restore_failed',
    detail: failureDetail(task.message, task.failedStep),
    retryable: false,
    provider: {
      name: 'tencent',
      operation,
      code: null,
      message: task.message === '' ? null : task.message,
      requestId: task.requestId,
      httpStatus: 200,
    },
  };
}
