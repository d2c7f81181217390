import { DatabaseSync, StatementSync } from 'node:sqlite';
import { Connection } from 'pg';

/**
 * Counts statements at the database drivers, below every other layer. The gateway's process loads it with `--import`. On a message the
 * parent gets the counts since its previous message.
 */
let counts = { statements: 0, commits: 0 };

/** The state of one connection: whether a transaction is open, the texts of its prepared statements, and the bound one. */
interface Known {
  open: boolean;
  readonly texts: Map<string, string>;
  bound: string;
}

const connections = new WeakMap<object, Known>();
const sqlite: Known = { open: false, texts: new Map(), bound: '' };

function knownOf(connection: object): Known {
  const known = connections.get(connection) ?? { open: false, texts: new Map(), bound: '' };
  connections.set(connection, known);
  return known;
}

function count(known: Known, text: string): void {
  counts.statements++;
  const word = /^\s*(\w+)/.exec(text)?.[1]?.toLowerCase() ?? '';
  if (word === 'begin' || word === 'start') known.open = true;
  if (word === 'rollback') known.open = false;
  if (word === 'commit') {
    known.open = false;
    counts.commits++;
  } else if (!known.open && ['insert', 'update', 'delete'].includes(word)) counts.commits++;
}

/** Runs a function before a method. */
function before<Self extends object>(
  prototype: Self,
  names: readonly string[],
  also: (self: Self, given: never) => void,
): void {
  for (const name of names) {
    const own = Reflect.get(prototype, name) as (...given: unknown[]) => unknown;
    Reflect.set(prototype, name, function (this: Self, ...given: unknown[]) {
      also(this, given[0] as never);
      return own.apply(this, given);
    });
  }
}

interface Named {
  readonly name?: string;
  readonly text: string;
  readonly statement?: string;
}

before(StatementSync.prototype, ['run', 'get', 'all', 'iterate'], (self) => count(sqlite, self.sourceSQL));
before(DatabaseSync.prototype, ['exec'], (_self, text) => count(sqlite, text));
before(Connection.prototype, ['query'], (self, text) => count(knownOf(self), text));
before(Connection.prototype, ['parse'], (self, { name = '', text }: Named) => knownOf(self).texts.set(name, text));
before(Connection.prototype, ['bind'], (self, { statement = '' }: Named) => {
  const known = knownOf(self);
  known.bound = known.texts.get(statement) ?? '';
});
before(Connection.prototype, ['execute'], (self) => count(knownOf(self), knownOf(self).bound));

process.on('message', () => {
  process.send?.({ answer: counts });
  counts = { statements: 0, commits: 0 };
});
process.channel?.unref();
