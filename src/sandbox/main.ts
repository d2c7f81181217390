import { systemRuntime } from '../runtime.ts';
import { sandboxCredentials } from './cloud.ts';
import { startSandbox } from './sandbox.ts';

/**
 * Runs the sandbox as a separate process. Environment: `SANDBOX_HOST` (127.0.0.1), `SANDBOX_PORT` (9400, the first of four),
 * `SANDBOX_RESTORE_MS` (3000), `SANDBOX_STATE` (a file; without it the state is lost when the process ends).
 */
const { SANDBOX_HOST = '127.0.0.1', SANDBOX_PORT = '9400', SANDBOX_RESTORE_MS = '3000', SANDBOX_STATE } = process.env;

const sandbox = await startSandbox({
  host: SANDBOX_HOST,
  port: wholeNumber('SANDBOX_PORT', SANDBOX_PORT),
  runtime: systemRuntime,
  restoreMs: wholeNumber('SANDBOX_RESTORE_MS', SANDBOX_RESTORE_MS),
  ...(SANDBOX_STATE === undefined ? {} : { stateFile: SANDBOX_STATE }),
});

const { alibaba, huawei, tencent } = sandboxCredentials;
process.stdout.write(`Sandbox: emulated clouds. Their keys open nothing else.
  alibaba  ${sandbox.alibaba.url}  ${alibaba.accessKeyId} / ${alibaba.accessKeySecret}
  huawei   ${sandbox.huawei.url}  ${huawei.accountName} ${huawei.userName} / ${huawei.password}  project ${huawei.projectId}
  tencent  ${sandbox.tencent.url}  ${tencent.secretId} / ${tencent.secretKey}
  admin    ${sandbox.admin.url}  /journal /faults /clock /lag
`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox.close());

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  process.stderr.write(`${name} must be a whole number, not ${JSON.stringify(text)}\n`);
  process.exit(2);
}
