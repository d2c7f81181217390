import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { withUs } from '../support/children.ts';

const watchdog = fileURLToPath(new URL('../../src/command/stop-watchdog.ts', import.meta.url));

/** Runs a program that has called `startStopWatchdog`. */
async function ending(afterMs: number, then: string) {
  const program = `import { startStopWatchdog } from ${JSON.stringify(watchdog)}; startStopWatchdog(${afterMs}); ${then}`;
  const child = withUs(spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'pipe' }));
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, output };
}

it('a process whose main thread is blocked is killed with a log line when its stop takes too long', async () => {
  const { signal, output } = await ending(300, 'for (;;);');
  expect(signal).toBe('SIGKILL');
  expect(JSON.parse(output)).toMatchObject({ level: 60, milliseconds: 300, msg: expect.stringContaining('killed') });
});

it('a process that ends in time is left alone', async () => {
  expect(await ending(60_000, '')).toEqual({ code: 0, signal: null, output: '' });
});
