import { Refusal } from './answer.ts';
import type { Handler } from './call.ts';
import { flowStatusOf } from './lifecycle.ts';
import { optionalNumber } from './parameters.ts';

/** DescribeFlowStatus: returns the status of a flow. */
export const describeFlowStatus: Handler = ({ parameters, state, now }) => {
  const flowId = optionalNumber(parameters, 'FlowId');
  const started = [...state.fulls, ...state.increments].find((each) => each.run?.flowId === flowId)?.run;
  if (!started) throw new Refusal('InvalidParameter.ParamsAssertFailed', `There is no flow ${flowId}.`);
  return { Status: flowStatusOf(started, now) };
};
