import { join } from 'node:path';
import type { Runtime } from '../../../src/domain/runtime.ts';
import { type Gateway, startGateway } from '../../../src/gateway.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { sandboxAccounts } from '../../../src/sandbox/accounts.ts';
import type { Sandbox } from '../../../src/sandbox/server.ts';
import { createLog } from '../../../src/telemetry/log.ts';
import type { Tracing } from '../../../src/telemetry/span.ts';
import { checkedConfig } from '../../support/configuration.ts';
import { quickEngine, temporaryFolder, testListen } from '../../support/gateway.ts';

export interface LoggedGateway {
  readonly gateway: Gateway;
  /** The lines of its log, parsed, each with its text. */
  readonly lines: { readonly text: string; readonly fields: Readonly<Record<string, unknown>> }[];
}

/** A gateway in this process that keeps its log. */
export async function startLoggedGateway(
  sandbox: Sandbox,
  tracing: Tracing | null,
  runtime: Runtime = systemRuntime,
): Promise<LoggedGateway> {
  const folder = await temporaryFolder();
  const file = {
    listen: testListen,
    store: { url: `sqlite:${join(folder, 'godwit.db')}` },
    engine: quickEngine,
    accounts: sandboxAccounts(sandbox),
  };
  const lines: LoggedGateway['lines'] = [];
  const log = createLog('debug', {
    write: (text: string) => void lines.push({ text, fields: JSON.parse(text) as Record<string, unknown> }),
  });
  const gateway = await startGateway(await checkedConfig(file, {}, false), runtime, log, '1.2.3', tracing);
  return { gateway, lines };
}

/** A restore at the emulated Huawei Cloud, with a login, a creation and observations. */
export const restore = {
  provider: 'huawei',
  target: { instanceId: '11112222333344445555666677778888in04' },
  source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/orders_full.bak'] },
};
