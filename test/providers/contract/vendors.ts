import type { Migration } from '../../../src/domain/migration.ts';
import type { Provider } from '../../../src/domain/provider.ts';
import { type Account, VendorError, type VendorReply, type VendorRequest } from '../../../src/domain/vendor.ts';
import { alibaba } from '../../../src/providers/alibaba/index.ts';
import { huawei } from '../../../src/providers/huawei/index.ts';
import { tencent } from '../../../src/providers/tencent/index.ts';
import * as alibabaSamples from '../alibaba/fixture.ts';
import * as huaweiSamples from '../huawei/fixtures.ts';
import * as tencentSamples from '../tencent/fixtures.ts';

/** A provider with what a law needs to try it: an account, a restore under way, and how the vendor tells that it failed. */
export interface Vendor {
  readonly provider: Provider;
  readonly account: Account;
  /** A full restore that the vendor has accepted. */
  readonly restoring: Migration;
  /** The vendor's answer to whatever is asked about that restore, when it failed with `text`. */
  failed(text: string, request: VendorRequest): VendorReply;
}

const huaweiRefs = { jobId: huaweiSamples.jobId };

export const vendors: readonly Vendor[] = [
  {
    provider: alibaba,
    account: alibabaSamples.account,
    restoring: alibabaSamples.migration(),
    failed: (text, { operation }) =>
      operation === 'DescribeOssDownloads'
        ? alibabaSamples.files()
        : alibabaSamples.task({ Status: 'Failed', Description: text }),
  },
  {
    provider: huawei,
    account: huaweiSamples.account,
    restoring: huaweiSamples.migration({
      state: 'restoring',
      target: { instanceId: huaweiSamples.target, databases: [{ name: 'orders' }], overwrite: false },
      backups: [huaweiSamples.backup({ state: 'restoring', providerRefs: huaweiRefs })],
    }),
    failed: (text) =>
      huaweiSamples.reply({
        count: 1,
        jobs: [
          {
            id: huaweiSamples.jobId,
            name: 'orders',
            status: 'PRECHECK FAILED',
            engine_type: 'sqlserver',
            create_time: '2026-03-01T10:00:00Z',
            error_log: text,
          },
        ],
      }),
  },
  {
    provider: tencent,
    account: tencentSamples.account,
    restoring: tencentSamples.running({
      target: { instanceId: tencentSamples.instanceId, databases: [{ name: 'orders' }], overwrite: false },
    }),
    failed: (text) => tencentSamples.tasks(tencentSamples.task(10, { Message: text })),
  },
];

/** Runs a dialogue as the transport does: what the provider calls a failure is thrown into it. */
export function converse<T>(
  provider: Provider,
  dialogue: Generator<VendorRequest, T, VendorReply>,
  answer: (request: VendorRequest) => VendorReply,
): T {
  let step = dialogue.next();
  while (!step.done) {
    const reply = answer(step.value);
    const failure = provider.failureOf(step.value, reply);
    step = failure === null ? dialogue.next(reply) : dialogue.throw(new VendorError(failure));
  }
  return step.value;
}
