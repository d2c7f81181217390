import type { Option, Subcommand } from './subcommand.ts';

const json: Option = { help: 'JSON instead of words' };

/** Options of the commands that call a gateway. */
const remote: Readonly<Record<string, Option>> = {
  url: { value: 'URL', help: 'the gateway; else GODWIT_URL, else http://127.0.0.1:8080' },
  key: {
    value: 'KEY',
    help: 'API key or token; else GODWIT_API_KEY. Other users of this machine can see it: prefer a file',
  },
  'key-file': { value: 'FILE', help: 'file that holds the key; else GODWIT_API_KEY_FILE' },
  json,
};

const waiting: Readonly<Record<string, Option>> = {
  until: {
    value: 'STATE',
    multiple: true,
    help: 'stop in this state, such as awaiting_backup; may be given several times',
  },
  timeout: { value: 'TIME', help: 'stop after that time, such as 90s, 30m or 2h; the migration goes on' },
};

const outcome = `Exit status: 0 succeeded or in the wanted state, 3 failed, 4 cancelled, 5 time is over, 1 an error, 2 wrong
arguments, 130 interrupted. The migration goes on whatever becomes of this command.`;

/** All subcommands, in the order of the help. */
export const subcommands: readonly Subcommand[] = [
  {
    name: 'serve',
    summary: 'Start the gateway',
    operands: [],
    options: {
      'check-config': { help: 'check the configuration, report every fault, and exit' },
      'after-restore': {
        help:
          'once, with every process stopped, after the database was restored from a copy: what the copy has as not sent may have been ' +
          'sent since, and is looked for at the vendor first',
      },
      json: { help: 'with --check-config: JSON instead of words' },
      version: { help: 'print the version' },
    },
    more: `GODWIT_CONFIG names the configuration file; without one the sandbox is started: three emulated clouds.
docs/configuration.md has every setting.`,
    load: () => import('./serve.ts'),
  },
  {
    name: 'restore',
    summary: 'Begin a migration',
    operands: [],
    options: {
      file: { short: 'f', value: 'FILE', help: 'the body of POST /migrations in JSON or YAML; - is standard input' },
      wait: { short: 'w', help: 'follow it to its end' },
      ...waiting,
      'dry-run': { help: 'show what would be sent, and what speaks against it; nothing is stored or sent' },
      'idempotency-key': {
        value: 'TEXT',
        help: 'makes the command safe to repeat: the same key never begins a second restore',
      },
      ...remote,
    },
    more: `  godwit restore -f orders.yaml --wait
  godwit restore -f chain.yaml --until awaiting_backup

${outcome}
--dry-run: 0 possible, 3 not possible.`,
    load: () => import('./restore.ts'),
  },
  {
    name: 'watch',
    summary: 'Follow a migration to its end',
    operands: [{ name: 'id', required: true }],
    options: { ...waiting, ...remote },
    more: `On a terminal one line that changes, elsewhere a line for each change; with --json a document for each change.

  godwit watch mig_01m803xnrn69ddbg3e88rvxdex

${outcome}`,
    load: () => import('./watch.ts'),
  },
  {
    name: 'backups inspect',
    summary: 'Read the headers of backup files in a folder, and say whether they make a chain',
    operands: [{ name: 'bucket/prefix', required: true }],
    options: {
      account: { value: 'NAME', help: 'the account; not needed where only one is configured' },
      database: { value: 'NAME', help: 'only this database' },
      region: { value: 'REGION', help: "the bucket's region, where it is not the account's" },
      endpoint: { value: 'HOST', help: "the store's host, where it is not the region's" },
      ...remote,
    },
    more: `  godwit backups inspect acme-backups/prod/orders/ --account ali-main

Exit status: 0 every chain is complete, 3 one is not or there is none, 1 an error, 2 wrong arguments.`,
    load: () => import('./backups-inspect.ts'),
  },
  {
    name: 'accounts check',
    summary: 'Ask each configured vendor and object store one harmless question',
    operands: [{ name: 'account', required: false, multiple: true }],
    options: {
      instance: {
        value: 'ID',
        help: 'ask for the restores of this instance',
      },
      bucket: { value: 'BUCKET/PREFIX', help: 'list this folder, too; without it no object store is asked' },
      ...remote,
      url: { value: 'URL', help: 'a gateway that asks instead of this machine' },
    },
    more: `Without --url it reads GODWIT_CONFIG as the gateway does, and asks from this machine. Without GODWIT_CONFIG it asks the sandbox
of a gateway that runs here. Without --instance some vendors are asked for an instance that does not exist.

With --url, or with GODWIT_URL and no GODWIT_CONFIG, the gateway asks with its own credentials and from its own network. Without
--instance it tells what its own calls have shown. Nothing is changed either way.

  godwit accounts check
  godwit accounts check ali-main --instance rm-uf6wjk5xxxxxxx --bucket acme-backups/prod/
  godwit accounts check ali-main --instance rm-uf6wjk5xxxxxxx --url https://godwit.example.com --key-file ~/.godwit-key

Exit status: 0 all is well, 3 something is not, 1 an error such as a faulty configuration, 2 wrong arguments.`,
    load: () => import('./accounts-check.ts'),
  },
  {
    name: 'keys new',
    summary: 'Make an API key, and the row of the configuration that lets its holder in',
    operands: [{ name: 'name', required: true }],
    options: {
      scope: {
        value: 'SCOPE',
        multiple: true,
        help: 'what its holder may do; default migrations:read and migrations:write',
      },
      account: { value: 'NAME', multiple: true, help: 'for which accounts; default all' },
      json,
    },
    more: `The key is printed once and kept nowhere. The configuration holds only its SHA-256.

  godwit keys new ci --scope migrations:read --account ali-main`,
    load: () => import('./keys-new.ts'),
  },
  {
    name: 'sandbox reset',
    summary: 'Forget everything that the sandbox of this folder has done',
    operands: [],
    options: { json },
    more: `Deletes ./data/sandbox.json and the database ./data/godwit.db, with the gateway stopped, and only when every migration in the
database belongs to the sandbox. Refuses where GODWIT_CONFIG is set.`,
    load: () => import('./sandbox-reset.ts'),
  },
];
