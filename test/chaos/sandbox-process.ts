import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { CloudName, JournalEntry } from '../../src/sandbox/cloud.ts';
import type { FaultRule } from '../../src/sandbox/faults.ts';
import { withUs } from '../support/children.ts';

type PerCloud<T> = Readonly<Record<CloudName, T>>;

/** The emulated clouds in a separate process, controlled through their admin interface. */
export interface SandboxProcess {
  readonly urls: PerCloud<string>;
  journal(): Promise<readonly JournalEntry[]>;
  /** Replaces the active faults. Returns how often each old fault fired. */
  replaceFaults(rules: readonly FaultRule[]): Promise<readonly (FaultRule & { readonly fired: number })[]>;
  setLag(ms: number): Promise<void>;
  setClock(cloud: CloudName, offsetMs: number): Promise<void>;
  clock(): Promise<PerCloud<number>>;
  /** Puts an object into a cloud's store. */
  put(object: object): Promise<unknown>;
  end(): Promise<void>;
}

/** Starts the clouds on free ports. `restoreMs`: the time of a restore. */
export async function startSandboxProcess(restoreMs: number): Promise<SandboxProcess> {
  const child = withUs(
    spawn(process.execPath, [resolve(import.meta.dirname, '../../src/sandbox/main.ts')], {
      env: { PATH: process.env.PATH, SANDBOX_PORT: '0', SANDBOX_RESTORE_MS: String(restoreMs) },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  const admin = await new Promise<string>((done, fail) => {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /admin\s+(http:\S+)/.exec(output)?.[1];
      if (found !== undefined) done(found);
    });
    child.once('exit', (code) => fail(new Error(`the sandbox ended with ${code}: ${output}`)));
  });

  async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${admin}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} of the sandbox: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  const { urls } = await ask<{ urls: PerCloud<{ url: string }> }>('GET', '/');
  return {
    urls: { alibaba: urls.alibaba.url, huawei: urls.huawei.url, tencent: urls.tencent.url },
    journal: () => ask('GET', '/journal'),
    async replaceFaults(rules) {
      const old = await ask<readonly (FaultRule & { fired: number })[]>('GET', '/faults');
      await ask('DELETE', '/faults');
      if (rules.length > 0) await ask('POST', '/faults', rules);
      return old;
    },
    setLag: (ms) => ask('POST', '/lag', { cloud: '*', ms }),
    setClock: (cloud, offsetMs) => ask('POST', '/clock', { cloud, offsetMs }),
    clock: () => ask('GET', '/clock'),
    put: (object) => ask('PUT', '/objects', object),
    end: () =>
      new Promise((done) => {
        child.removeAllListeners('exit');
        child.once('exit', () => done());
        child.kill('SIGKILL');
      }),
  };
}
