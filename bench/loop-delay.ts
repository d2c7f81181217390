import { StatementSync } from 'node:sqlite';

/**
 * Loaded into the gateway's process (`--import`): measures the longest turn of the event loop from the first statement on whose text matches
 * `GODWIT_BENCH_STATEMENT`, as time and as CPU time of the main thread, and counts these statements. The parent requests them by message.
 */
const pattern = new RegExp(process.env.GODWIT_BENCH_STATEMENT ?? '.', 'i');
const betweenMs = 1;
let statements = 0;
let longest = { ms: 0, cpuMs: 0 };

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

let last = { at: performance.now(), cpuMs: cpuMs() };
setInterval(() => {
  const now = { at: performance.now(), cpuMs: cpuMs() };
  if (statements > 0)
    longest = {
      ms: Math.max(longest.ms, now.at - last.at - betweenMs),
      cpuMs: Math.max(longest.cpuMs, now.cpuMs - last.cpuMs),
    };
  last = now;
}, betweenMs).unref();

for (const name of ['run', 'get', 'all'] as const) {
  const own = StatementSync.prototype[name] as (...given: unknown[]) => unknown;
  Reflect.set(StatementSync.prototype, name, function (this: StatementSync, ...given: unknown[]) {
    if (pattern.test(this.sourceSQL)) {
      // What came before is the start of the process.
      if (statements === 0) last = { at: performance.now(), cpuMs: cpuMs() };
      statements++;
    }
    return own.apply(this, given);
  });
}

process.on('message', () => {
  process.send?.({ answer: { statements, ...longest } });
});
process.channel?.unref();
