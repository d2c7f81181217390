import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { systemRuntime } from '../../src/runtime.ts';
import { withUs } from '../support/children.ts';

/** How long a quiet machine with two cores takes to load the gateway, in milliseconds. */
const quietMs = 700;
const slowest = 4;

/**
 * How much slower than a quiet machine this one is now, 1 to 4. All intervals of a storm are stretched by it: on a
 * machine where everything takes seconds a lease of two of them is over before anything has been done, and nothing
 * would be tested but that.
 */
export async function machinePace(): Promise<number> {
  // Once for the modules to be compiled and kept.
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
