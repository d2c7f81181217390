import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { systemRuntime } from '../../src/runtime.ts';
import { withUs } from '../support/children.ts';

/** Time that a quiet machine with two cores needs to load the gateway, in milliseconds. */
const quietMs = 700;
const slowest = 4;

/**
 * How much slower than a quiet machine this one is now, 1 to 4. Every interval of a storm is multiplied by it.
 * Otherwise a two-second lease on a slow machine expires before any work is done, and the storm tests only that.
 */
export async function machinePace(): Promise<number> {
  // The first load compiles the modules and fills the compile cache.
  await load();
  const began = systemRuntime.now();
  await load();
  return Math.min(Math.max((systemRuntime.now() - began) / quietMs, 1), slowest);
}

function load(): Promise<void> {
  const child = withUs(
    spawn(process.execPath, [resolve(import.meta.dirname, '../../src/godwit.js'), '--version'], {
      env: { PATH: process.env.PATH },
      stdio: 'ignore',
    }),
  );
  return new Promise((done, fail) => {
    child.once('exit', (code) =>
      code === 0 ? done() : fail(new Error(`the gateway cannot be loaded: exit code ${code}`)),
    );
  });
}
