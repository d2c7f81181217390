/** Meanings of a task's `Status` (data structure `Migration`). Other numbers are undocumented. */
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
