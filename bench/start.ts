import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Contestant, compare } from './measure.ts';

const project = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'godwit-bench-'));
const port = 21_990;

/** The sources as JavaScript, beside what they read. */
function strippedBeforehand(): string {
  const copy = join(folder, 'stripped');
  for (const file of readdirSync(join(project, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = stripTypeScriptTypes(readFileSync(join(project, 'src', file), 'utf8'));
    const target = join(copy, 'src', file.replace(/ts$/, 'js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text.replaceAll(/(\bfrom |\bimport\()('\.[^']*)\.ts'/g, "$1$2.js'"));
  }
  cpSync(join(project, 'openapi'), join(copy, 'openapi'), { recursive: true });
  cpSync(join(project, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  return join(copy, 'src/main.js');
}

/** Starts the gateway with its sandbox; the cost until it answers. */
async function start(entry: string, environment: NodeJS.ProcessEnv): Promise<Readonly<Record<string, number>>> {
  const began = performance.now();
  const child = spawn(process.execPath, [entry], {
    cwd: mkdtempSync(join(folder, 'run-')),
    env: { PATH: process.env.PATH, PORT: String(port), ...environment },
    stdio: 'ignore',
  });
  const exited = new Promise((done) => child.once('exit', done));
  while (!(await answers())) {
    if (child.exitCode !== null) throw new Error(`${entry} has ended with ${child.exitCode}`);
    await sleep(5);
  }
  const time = performance.now() - began;
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const cpu = Number(stat[11]) + Number(stat[12]);
  const memory = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]);
  child.kill('SIGTERM');
  await exited;
  return { time, cpu, memory };
}

async function answers(): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/livez`)).ok;
  } catch {
    return false;
  }
}

const stripped = strippedBeforehand();
const sources = join(project, 'src/main.ts');
const uncached = { NODE_DISABLE_COMPILE_CACHE: '1' };
const contestants: readonly Contestant[] = [
  { name: 'JavaScript, stripped beforehand', run: () => start(stripped, uncached) },
  { name: 'TypeScript', run: () => start(sources, uncached) },
  { name: 'TypeScript with a compile cache', run: () => start(sources, { NODE_COMPILE_CACHE: join(folder, 'cache') }) },
];
await compare('Start until the first answer', contestants, 7);
