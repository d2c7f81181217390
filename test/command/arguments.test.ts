import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDuration } from '../../src/command/arguments.ts';
import { subcommands } from '../../src/command/catalogue.ts';
import { godwit } from './support.ts';

describe('invalid arguments', () => {
  it.each([
    [['wach'], 'unknown command "wach"; did you mean godwit watch?'],
    [['acounts', 'check'], 'unknown command "acounts"; did you mean godwit accounts check?'],
    [['backups'], 'godwit backups needs one of: backups inspect'],
    [['nonsense'], 'unknown command "nonsense"'],
    [['watch'], '<id> is missing'],
    [['watch', 'a', 'b'], '"b" is one argument too many'],
    [['watch', '--jsn', 'a'], 'unknown option --jsn; did you mean --json?'],
    [['watch', '-x', 'a'], 'unknown option -x'],
    [['watch', 'a', '--constructor'], 'unknown option --constructor'],
    [['watch', 'a', '--json=yes'], '--json does not accept a value'],
    [['watch', 'a', '--until'], '--until needs a value: STATE'],
    [['watch', 'a', '--url', '--json'], '--url needs a value: URL'],
    [['watch', 'a', '--url', 'http://a', '--url', 'http://b'], '--url is given twice'],
    [['watch', 'a', '--until', 'awaiting_bakup'], 'unknown state "awaiting_bakup"; did you mean awaiting_backup?'],
    [['watch', 'a', '--timeout', '1d'], '--timeout takes a duration such as 90s, 30m or 2h, not "1d"'],
    [
      ['watch', 'a', '--url', 'gateway:8080'],
      '"gateway:8080" is not the address of a gateway, such as http://127.0.0.1:8080',
    ],
    [['watch', 'a', '--key', 'k', '--key-file', 'f'], '--key and --key-file exclude each other'],
    [['restore'], '-f is missing: the file with the request'],
    [['backups', 'inspect', '/prefix'], '<bucket/prefix> must begin with the name of a bucket'],
    [
      ['keys', 'new', 'ci', '--scope', 'migrations:red'],
      'unknown scope "migrations:red"; did you mean migrations:read?',
    ],
    [
      ['keys', 'new', 'a name'],
      '<name> must have up to 64 letters, digits, and . _ @ -, and begin with a letter or a digit',
    ],
    [['--check-confg'], 'unknown option --check-confg; did you mean --check-config?'],
  ])('%j exits with 2 and an explanation', async (args, message) => {
    const { status, out, err } = await godwit(args);
    expect(err.split('\n')[0]).toBe(`godwit: ${message}`);
    expect(err).toMatch(/\ngodwit help.* says more\.$/);
    expect({ status, out }).toEqual({ status: 2, out: '' });
  });

  it.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
  ])('a duration of %s is %i ms', (text, expected) => expect(readDuration('--timeout', text)).toBe(expected));
});

describe('help', () => {
  it.each([[['help']], [['--help']], [['-h']]])('%j shows every command', async (args) => {
    const { status, out } = await godwit(args);
    expect(status).toBe(0);
    for (const { name, summary } of subcommands)
      expect(out).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 20)}`, 'm'));
  });

  it.each(subcommands.map((each) => [each.name, each] as const))(
    'of %s shows its options',
    async (name, { options, operands }) => {
      const { status, out } = await godwit(['help', ...name.split(' ')]);
      expect(status).toBe(0);
      expect(out).toContain(`\n  godwit ${name} `);
      for (const option of Object.keys(options)) expect(out).toContain(`--${option}`);
      for (const operand of operands) expect(out).toContain(`<${operand.name}>`);
      expect((await godwit([...name.split(' '), '--help'])).out).toBe(out);
      for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(130);
    },
  );

  it('of a command group shows its commands', async () => {
    expect((await godwit(['help', 'keys'])).out).toContain('godwit keys new <name>');
  });

  it('matches docs/command.md', async () => {
    const page = readFileSync(new URL('../../docs/command.md', import.meta.url), 'utf8');
    expect(page).toContain((await godwit(['help'])).out);
  });
});

describe('keys new', () => {
  it('shows the key once and the configuration row that accepts it', async () => {
    const { status, out } = await godwit(['keys', 'new', 'ci', '--account', 'ali-main', '--json']);
    const { key, row } = JSON.parse(out);
    const { createHash } = await import('node:crypto');
    expect(status).toBe(0);
    expect(Buffer.from(key, 'base64url')).toHaveLength(32);
    expect(row).toEqual({
      name: 'ci',
      sha256: createHash('sha256').update(key).digest('hex'),
      scopes: ['migrations:read', 'migrations:write'],
      accounts: ['ali-main'],
    });
  });

  it('prints a row that the configuration accepts unchanged', async () => {
    const { parse } = await import('yaml');
    const { checkedConfig } = await import('../support/configuration.ts');
    const { minimal } = await import('../config/fixtures.ts');
    const { out, err } = await godwit(['keys', 'new', 'ci@example.com']);
    const config = await checkedConfig({ ...minimal(), auth: { keys: parse(out) } }, {}, false);
    expect(config.auth.keys).toMatchObject([{ name: 'ci@example.com' }]);
    expect(err).toMatch(/^ {2}[\w-]{43}$/m);
  });
});
