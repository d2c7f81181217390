import type { Option, Subcommand } from './subcommand.ts';

const json: Option = { help: 'print JSON' };

/** Options of the commands that call a gateway. */
const remote: Readonly<Record<string, Option>> = {
  url: { value: 'URL', help: 'the gateway; else GODWIT_URL, else http://127.0.0.1:8080' },
  key: {
    value: 'KEY',
    help: 'API key or token; else GODWIT_API_KEY. Other users of this machine can see it; --key-file is safer',
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
  timeout: { value: 'TIME', help: 'stop after this time, such as 90s, 30m or 2h; the migration continues' },
};

const outcome = `Exit status: 0 succeeded or in the requested state, 3 failed, 4 cancelled, 5 timeout, 1 an error, 2 wrong arguments,
130 interrupted. The migration continues in any case.`;

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
          'run once, with every process stopped, after the database was restored from a copy: before Godwit sends a call that the copy ' +
          'shows as unsent, it probes the vendor for it',
      },
      json: { help: 'with --check-config: print JSON' },
      version: { help: 'print the version' },
    },
    more: `GODWIT_CONFIG is the path of the configuration file; without one the sandbox starts: three emulated clouds.
docs/configuration.md has every setting.`,
    load: () => import('./serve.ts'),
  },
  {
    name: 'restore',
    summary: 'Start a migration',
    operands: [],
    options: {
      file: { short: 'f', value: 'FILE', help: 'the body of POST /migrations in JSON or YAML; - is standard input' },
      wait: { short: 'w', help: 'follow it to its end' },
      ...waiting,
      'dry-run': { help: 'show the vendor calls and the problems of the request; nothing is stored or sent' },
      'idempotency-key': {
        value: 'TEXT',
        help: 'makes the command safe to repeat: the same key never starts a second restore',
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
    more: `On a terminal one updated line, elsewhere one line per change; with --json one document per change.

  godwit watch mig_01m803xnrn69ddbg3e88rvxdex

${outcome}`,
    load: () => import('./watch.ts'),
  },
  {
    name: 'backups inspect',
    summary: 'Read the headers of backup files in a folder and show their chains',
    operands: [{ name: 'bucket/prefix', required: true }],
    options: {
      account: { value: 'NAME', help: 'the account; optional if only one is configured' },
      database: { value: 'NAME', help: 'only this database' },
      region: { value: 'REGION', help: "the bucket's region, if it is not the account's" },
      endpoint: { value: 'HOST', help: "the store's host, if it is not the region's" },
      ...remote,
    },
    more: `  godwit backups inspect acme-backups/prod/orders/ --account ali-main

Exit status: 0 every chain is complete, 3 one is not or there is none, 1 an error, 2 wrong arguments.`,
    load: () => import('./backups-inspect.ts'),
  },
  {
    name: 'accounts check',
    summary: 'Check the accounts with reads at each configured vendor and object store',
    operands: [{ name: 'account', required: false, multiple: true }],
    options: {
      instance: {
        value: 'ID',
        help: 'list the restores of this instance',
      },
      bucket: { value: 'BUCKET/PREFIX', help: 'also list this folder; without it no object store is called' },
      ...remote,
      url: { value: 'URL', help: 'a gateway that makes the calls instead of this machine' },
    },
    more: `Without --url it reads GODWIT_CONFIG like the gateway and calls the vendors from this machine. Without GODWIT_CONFIG it calls the
sandbox of a local gateway. Without --instance some vendors are asked for an instance that does not exist.

With --url, or with GODWIT_URL and no GODWIT_CONFIG, the gateway makes the calls with its own credentials and from its own
network. Without --instance it reports what its own calls have shown. Nothing is changed either way.

  godwit accounts check
  godwit accounts check ali-main --instance rm-uf6wjk5xxxxxxx --bucket acme-backups/prod/
  godwit accounts check ali-main --instance rm-uf6wjk5xxxxxxx --url https://godwit.example.com --key-file ~/.godwit-key

Exit status: 0 all is well, 3 a check failed, 1 an error such as a faulty configuration, 2 wrong arguments.`,
    load: () => import('./accounts-check.ts'),
  },
  {
    name: 'keys new',
    summary: 'Create an API key and its row in the configuration',
    operands: [{ name: 'name', required: true }],
    options: {
      scope: {
        value: 'SCOPE',
        multiple: true,
        help: 'a scope of the key; default migrations:read and migrations:write',
      },
      account: { value: 'NAME', multiple: true, help: 'a granted account; default all' },
      json,
    },
    more: `The key is printed once and not stored. The configuration contains only its SHA-256.

  godwit keys new ci --scope migrations:read --account ali-main`,
    load: () => import('./keys-new.ts'),
  },
  {
    name: 'sandbox reset',
    summary: 'Delete the data of the sandbox in this folder',
    operands: [],
    options: { json },
    more: `Deletes ./data/sandbox.json and the database ./data/godwit.db, with the gateway stopped, and only when every migration in the
database belongs to the sandbox. Does nothing if GODWIT_CONFIG is set.`,
    load: () => import('./sandbox-reset.ts'),
  },
];
