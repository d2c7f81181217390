import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process measured from outside. */
export interface Measured {
  readonly url: string;
  /** CPU time of all its threads since its start, in milliseconds. */
  cpuMs(): number;
  /** Resident memory in MB. */
  rssMb(): number;
  /** Sends a request to a child of `startChild` and waits for its response. */
  ask(request: unknown): Promise<unknown>;
  /** Stops it cleanly. */
  stop(): Promise<void>;
}

/** The project's folder. */
export const project = resolve(import.meta.dirname, '..');
/** The program that runs the sources and not the bundle. */
export const fromSources = join(project, 'src/main.ts');

const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

function measured(child: ChildProcess, url: string): Measured {
  living.add(child);
  child.once('exit', () => living.delete(child));
  const { pid } = child;
  return {
    url,
    cpuMs() {
      const folder = `/proc/${pid}/task`;
      const threads = readdirSync(folder).map((thread) => readFileSync(join(folder, thread, 'schedstat'), 'utf8'));
      return threads.reduce((sum, stat) => sum + Number(stat.split(' ')[0]), 0) / 1e6;
    },
    rssMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
    async ask(request) {
      const answered = once(child, 'message');
      child.send(request as never);
      const [{ answer }] = (await answered) as [{ answer: unknown }];
      return answer;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** Starts a program of this folder and waits until it reports that it is ready. */
export async function startChild(file: string, ...args: readonly string[]): Promise<Measured> {
  const child = fork(join(import.meta.dirname, file), args, { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const [{ url }] = (await once(child, 'message')) as [{ url?: string }];
  return measured(child, url ?? '');
}

/** Starts a program that listens on `PORT`; resolves with its first answer at `/livez`. Rejects if it ends earlier. */
export async function startServer(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  options: { readonly ipc?: boolean; readonly cwd?: string } = {},
): Promise<Measured> {
  const port = await freePort();
  const child = spawn(process.execPath, args, {
    cwd: options.cwd ?? project,
    env: { PATH: process.env.PATH, PORT: String(port), ...environment },
    stdio: ['ignore', 'ignore', 'inherit', ...(options.ipc === true ? (['ipc'] as const) : [])],
  });
  const url = `http://127.0.0.1:${port}`;
  const server = measured(child, url);
  while (!(await answers(`${url}/livez`))) {
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} has ended with ${child.exitCode}`);
    await sleep(2);
  }
  return server;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** A port that was just free. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
