import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A running `writer.ts`. */
export interface Writer {
  /** The migration that it has claimed. */
  readonly heldId: string;
  /** The last acknowledged version of each migration. */
  readonly acknowledged: Map<string, number>;
  /** Resolves after that many lines. */
  writes(count: number): Promise<void>;
  /** Kills it, as a crash does, and waits until it is gone. */
  kill(): Promise<void>;
}

export async function startWriter(url: string, mode: 'hold' | 'write'): Promise<Writer> {
  const script = fileURLToPath(new URL('./writer.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [script, url, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
  const acknowledged = new Map<string, number>();
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let lines = 0;
  if (child.stdout === null) throw new Error('no output');
  const output = createInterface(child.stdout);
  const opened = once(output, 'line');
  const [first] = await Promise.race([opened, once(child, 'exit').then(() => ['the writer ended'])]);
  const heldId = /^open (\S+)$/.exec(first)?.[1];
  if (heldId === undefined) throw new Error(first);
  output.on('line', (line) => {
    const [id = '', version] = line.split(' ');
    acknowledged.set(id, Number(version));
    lines++;
    for (const each of waiting) if (lines >= each.count) each.resolve();
  });
  return {
    heldId,
    acknowledged,
    writes: (count) => new Promise((resolve) => waiting.push({ count, resolve })),
    kill: async () => {
      const gone = once(output, 'close');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
