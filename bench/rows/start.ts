import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { folder, type GatewayOptions, sqliteUrl, startGateway } from '../gateway.ts';
import { median, type Row } from '../measure.ts';
import { fromSources, type Measured, startServer } from '../processes.ts';
import type { Stage } from '../stage.ts';

const bare = join(import.meta.dirname, '../contestants/swagger.ts');
const rounds = 5;

interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

/** Time from the start to the first response, beside a Fastify with one documented route and other ways to start it. */
export async function start(stage: Stage): Promise<readonly Row[]> {
  const { url: stub } = await stage.stub();
  const ours = (options: Partial<GatewayOptions> = {}) => startGateway({ storeUrl: sqliteUrl(), stub, ...options });
  const uncached = { environment: { NODE_DISABLE_COMPILE_CACHE: '1' } };
  const cwd = mkdtempSync(join(folder, 'bare-'));
  const [godwit, swagger, uncachedGodwit, sources] = await startInTurns([
    () => ours(),
    () => startServer([bare], { NODE_COMPILE_CACHE: join(folder, 'compiled') }, { cwd }),
    () => ours(uncached),
    () => ours({ program: fromSources, environment: { NODE_COMPILE_CACHE: join(folder, 'compiled-sources') } }),
  ]);
  const row = (name: string, unit: string, godwit = Number.NaN, against = '', value = Number.NaN): Row => ({
    name: `start to the first answer, ${name}`,
    unit,
    godwit,
    against: { name: against, value },
    target: name === 'time' ? '≤ 1.5 ×' : null,
  });
  return [
    row('time', 'ms', godwit?.ms, 'bare Fastify with swagger', swagger?.ms),
    row('CPU time', 'ms', godwit?.cpuMs, 'bare Fastify with swagger', swagger?.cpuMs),
    row('no compile cache, CPU time', 'ms', uncachedGodwit?.cpuMs, 'the same', godwit?.cpuMs),
    row('from the sources, CPU time', 'ms', sources?.cpuMs, 'from the bundle', godwit?.cpuMs),
  ];
}

/** The median cost of each start, measured in turns. The first round fills the caches and does not count. */
async function startInTurns(starts: readonly (() => Promise<Measured>)[]): Promise<readonly Cost[]> {
  const costs = starts.map((): Cost[] => []);
  for (let round = 0; round <= rounds; round++)
    for (const [index, begin] of starts.entries()) {
      const began = performance.now();
      const server = await begin();
      const cost = { ms: performance.now() - began, cpuMs: server.cpuMs() };
      await server.stop();
      if (round > 0) costs[index]?.push(cost);
    }
  return costs.map((each) => ({ ms: median(each.map(({ ms }) => ms)), cpuMs: median(each.map(({ cpuMs }) => cpuMs)) }));
}
