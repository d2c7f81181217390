import { createAlibabaCloud } from './alibaba/index.ts';
import { createHuaweiCloud } from './huawei/index.ts';
import { type Sandbox, type SandboxOptions, startClouds } from './server.ts';
import { createTencentCloud } from './tencent/index.ts';

/** Starts the three emulated clouds. Rejects if a port is taken or the state file is invalid. */
export function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  return startClouds({ alibaba: createAlibabaCloud, huawei: createHuaweiCloud, tencent: createTencentCloud }, options);
}
