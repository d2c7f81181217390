import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { writeBundle } from '../tools/bundle/bundle.ts';
import type { Row } from './measure.ts';
import { project } from './processes.ts';
import { chains } from './rows/chains.ts';
import { creations } from './rows/creations.ts';
import { housekeeping } from './rows/housekeeping.ts';
import { memory } from './rows/memory.ts';
import { outbound } from './rows/outbound.ts';
import { reads } from './rows/reads.ts';
import { replicas } from './rows/replicas.ts';
import { signatures } from './rows/signatures.ts';
import { start } from './rows/start.ts';
import { statements } from './rows/statements.ts';
import { stored } from './rows/stored.ts';
import { streams } from './rows/streams.ts';
import { hurriedTracking, tracking } from './rows/tracking.ts';
import { webhooks } from './rows/webhooks.ts';
import { NotHere, Stage } from './stage.ts';
import { machine, markdown, type Report, worse } from './table.ts';

const usage = `npm run bench -- [options]

  --only NAME      only the parts whose name begins so; may be repeated
  --large          the parts that take long, in place of the quick ones
  --rows N         migrations that are stored in the slow parts; default 1,000,000
  --json FILE      writes the figures of this run
  --compare FILE   exits with 1 when something is 15 % worse than in the run that FILE holds
  --profile DIR    keeps a CPU profile of each gateway that was measured
`;

type Part = (stage: Stage) => Promise<readonly Row[]>;

/** Each part of the table, by name. */
const quick: Readonly<Record<string, Part>> = {
  'creations-sqlite': (stage) => creations(stage, 'SQLite'),
  'creations-postgres': (stage) => creations(stage, 'PostgreSQL'),
  'reads-sqlite': (stage) => reads(stage, 'SQLite'),
  'reads-postgres': (stage) => reads(stage, 'PostgreSQL'),
  'statements-sqlite': (stage) => statements(stage, 'SQLite'),
  'statements-postgres': (stage) => statements(stage, 'PostgreSQL'),
  'replicas-postgres': replicas,
  'chains-sqlite': (stage) => chains(stage, 'SQLite', 50),
  'chains-postgres': (stage) => chains(stage, 'PostgreSQL', 50),
  housekeeping,
  tracking: hurriedTracking,
  outbound,
  signatures: () => signatures(),
  'memory-sqlite': (stage) => memory(stage, 'SQLite', 10_000),
  'memory-postgres': (stage) => memory(stage, 'PostgreSQL', 10_000),
  start,
};

const large: Readonly<Record<string, Part>> = {
  'memory-sqlite': (stage) => memory(stage, 'SQLite', 100_000),
  'memory-postgres': (stage) => memory(stage, 'PostgreSQL', 100_000),
  'stored-sqlite': (stage) => stored(stage, 'SQLite', storedRows),
  'stored-postgres': (stage) => stored(stage, 'PostgreSQL', storedRows),
  'chains-sqlite': (stage) => chains(stage, 'SQLite', 2000),
  'chains-postgres': (stage) => chains(stage, 'PostgreSQL', 2000),
  tracking,
  'streams-sqlite': (stage) => streams(stage, 'SQLite'),
  'streams-postgres': (stage) => streams(stage, 'PostgreSQL'),
  'webhooks-sqlite': (stage) => webhooks(stage, 'SQLite'),
  'webhooks-postgres': (stage) => webhooks(stage, 'PostgreSQL'),
};

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    large: { type: 'boolean', default: false },
    rows: { type: 'string', default: '1000000' },
    json: { type: 'string' },
    compare: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const storedRows = Number(values.rows);
if (values.help) process.stdout.write(usage);
else process.exitCode = await run();

async function run(): Promise<number> {
  const parts = Object.entries(values.large ? large : quick).filter(
    ([name]) => values.only === undefined || values.only.some((wanted) => name.startsWith(wanted)),
  );
  // `npm start` runs the bundle if it is current.
  await writeBundle(project);
  const stage = new Stage(values.profile ?? null);
  const rows: Row[] = [];
  let failed = 0;
  try {
    for (const [name, part] of parts) {
      const began = performance.now();
      try {
        rows.push(...(await part(stage)));
      } catch (error) {
        // A failed part does not lose the figures of the others.
        const { message, stack } = error instanceof Error ? error : new Error(String(error));
        if (!(error instanceof NotHere)) {
          failed += 1;
          process.stderr.write(`${stack}\n`);
        }
        rows.push({ name, unit: '', godwit: Number.NaN, against: null, target: null, absent: message });
      }
      // Written after each part, so that an interrupted run keeps its results.
      if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(reportOf(rows), null, 2)}\n`);
      process.stderr.write(`${name}: ${Math.round((performance.now() - began) / 1000)} s\n`);
    }
  } finally {
    await stage.close();
  }
  const report = reportOf(rows);
  process.stdout.write(`\nNode ${report.node} on ${report.machine}\n\n${markdown(rows)}`);
  if (values.compare === undefined) return failed === 0 ? 0 : 1;
  const faults = worse(JSON.parse(readFileSync(values.compare, 'utf8')) as Report, report);
  process.stdout.write(faults.map((fault) => `worse: ${fault}\n`).join(''));
  return faults.length + failed === 0 ? 0 : 1;
}

function reportOf(rows: readonly Row[]): Report {
  return { at: new Date().toISOString(), node: process.version, machine: machine(), rows };
}
