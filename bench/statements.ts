import { DatabaseSync, StatementSync } from 'node:sqlite';
import { Client } from 'pg';

/**
 * Loaded into the gateway's process (`--import`): counts what goes to the database, at the drivers, so that no layer above can leave anything
 * out. The parent asks by message and gets the counts since it last asked.
 */
let counts = { statements: 0, commits: 0 };
let open = false;

function count(text: string): void {
  counts.statements++;
  const word = /^\s*(\w+)/.exec(text)?.[1]?.toLowerCase() ?? '';
  if (word === 'begin' || word === 'start') open = true;
  if (word === 'commit') {
    open = false;
    counts.commits++;
  } else if (!open && ['insert', 'update', 'delete'].includes(word)) counts.commits++;
}

/** Puts a count in front of a method. `textOf` finds the statement's text. */
function counted(prototype: object, names: readonly string[], textOf: (self: unknown, first: unknown) => string): void {
  for (const name of names) {
    const own = Reflect.get(prototype, name) as (...given: unknown[]) => unknown;
    Reflect.set(prototype, name, function (this: unknown, ...given: unknown[]) {
      count(textOf(this, given[0]));
      return own.apply(this, given);
    });
  }
}

counted(StatementSync.prototype, ['run', 'get', 'all', 'iterate'], (self) => (self as StatementSync).sourceSQL);
counted(DatabaseSync.prototype, ['exec'], (_self, text) => String(text));
counted(Client.prototype, ['query'], (_self, query) => {
  if (typeof query === 'string') return query;
  const { text, statements } = query as { text?: unknown; statements?: readonly { readonly text: string }[] };
  // A batch: all but the last are counted here.
  for (const each of statements?.slice(0, -1) ?? []) count(each.text);
  return String(statements?.at(-1)?.text ?? text ?? '');
});

process.on('message', () => {
  process.send?.({ answer: counts });
  counts = { statements: 0, commits: 0 };
});
process.channel?.unref();
