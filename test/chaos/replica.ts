import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { systemRuntime } from '../../src/runtime.ts';
import { withUs } from '../support/children.ts';

/** One gateway process that restarts on the same port after each death. */
export interface Replica {
  readonly url: string;
  readonly running: boolean;
  /**
   * Resolves when it answers `/livez` or was killed meanwhile. Rejects when it ended by itself. `strange`: with the
   * configuration whose account names belong to another cloud, where there is one.
   */
  start(strange?: boolean): Promise<void>;
  /** Whether it runs with the strange configuration. */
  readonly strange: boolean;
  /** Stops it gracefully and waits for its end. It then keeps its compile cache for the next start. */
  end(): Promise<void>;
  /** Kills it and waits for its end. False when there was no process. */
  kill(): Promise<boolean>;
  /** Suspends it for that time. */
  pause(ms: number): Promise<void>;
  /** How often it ended by itself. */
  readonly collapses: number;
}

/** `folder`: its own folder, with its configuration and output. */
export async function createReplica(folder: string, config: object, strangeConfig: object = config): Promise<Replica> {
  await mkdir(folder, { recursive: true });
  const port = await portBelowEphemeral();
  const url = `http://127.0.0.1:${port}`;
  const file = join(folder, 'godwit.json');
  const strangeFile = join(folder, 'strange.json');
  await writeFile(file, JSON.stringify(config));
  await writeFile(strangeFile, JSON.stringify(strangeConfig));
  const output = createWriteStream(join(folder, 'output.log'), { flags: 'a' });
  const expected = new WeakSet<ChildProcess>();
  let child: ChildProcess | null = null;
  let collapses = 0;
  let isStrange = false;

  function launch(): ChildProcess {
    const started = withUs(
      spawn(process.execPath, [resolve(import.meta.dirname, '../../src/godwit.js')], {
        cwd: folder,
        env: {
          PATH: process.env.PATH,
          PORT: String(port),
          GODWIT_CONFIG: isStrange ? strangeFile : file,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
    started.stdout?.pipe(output, { end: false });
    started.stderr?.pipe(output, { end: false });
    started.once('exit', () => {
      if (!expected.has(started)) collapses++;
      if (child === started) child = null;
    });
    return started;
  }

  async function stop(signal: NodeJS.Signals): Promise<boolean> {
    const victim = child;
    if (victim === null) return false;
    expected.add(victim);
    const gone = new Promise<void>((done) => victim.once('exit', () => done()));
    victim.kill(signal);
    await gone;
    return true;
  }

  return {
    url,
    get running() {
      return child !== null;
    },
    get collapses() {
      return collapses;
    },
    get strange() {
      return isStrange;
    },
    async start(strange = false) {
      isStrange = strange;
      const started = launch();
      child = started;
      while (child === started && !(await isUp(url))) await systemRuntime.sleep(120);
      if (started.exitCode !== null && !expected.has(started))
        throw new Error(`a gateway did not start, exit code ${started.exitCode}; see ${join(folder, 'output.log')}`);
    },
    end: () => stop('SIGTERM').then(() => undefined),
    kill: () => stop('SIGKILL'),
    async pause(ms) {
      const victim = child;
      victim?.kill('SIGSTOP');
      await systemRuntime.sleep(ms);
      victim?.kill('SIGCONT');
    },
  };
}

async function isUp(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/livez`, { signal: AbortSignal.timeout(3000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

let lastPort = 20_000 + (process.pid % 5000) * 2;

/** A free port outside the range of outgoing connections, so that no connection takes it while the process is dead. */
async function portBelowEphemeral(): Promise<number> {
  for (;;) {
    lastPort = lastPort >= 32_000 ? 20_000 : lastPort + 1;
    const port = lastPort;
    const server = createServer();
    const free = await new Promise<boolean>((done) => {
      server.once('error', () => done(false));
      server.listen(port, '127.0.0.1', () => done(true));
    });
    if (!free) continue;
    await new Promise((done) => server.close(done));
    return port;
  }
}
