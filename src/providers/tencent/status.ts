/** The meaning of a task's `Status` (data structure `Migration`). Only these numbers are documented. */
export type Stage = 'created' | 'importing' | 'resting' | 'succeeded' | 'failed' | 'incrementing';

const stages: ReadonlyMap<number, Stage> = new Map([
  [2, 'created'],
  [7, 'importing'],
  [8, 'resting'],
  [9, 'succeeded'],
  [10, 'failed'],
  [12, 'incrementing'],
]);

/** The stage of a task or increment; null for a number that the vendor does not document. */
export function stageOf(status: number | null): Stage | null {
  return status === null ? null : (stages.get(status) ?? null);
}

/** Whether a task or increment in that stage was started. */
export function hasStarted(stage: Stage): boolean {
  return stage !== 'created';
}

/** The `Status` of a failed step in `Detail.StepInfo`. Steps have a numbering of their own. */
export const stepFailed = 2;

/** The meaning of a flow's `Status` (DescribeFlowStatus page), which has a numbering of its own. Null for an undocumented number. */
export function flowOutcome(status: number | null): 'succeeded' | 'failed' | 'running' | null {
  if (status === 0) return 'succeeded';
  if (status === 1) return 'failed';
  return status === 2 ? 'running' : null;
}
