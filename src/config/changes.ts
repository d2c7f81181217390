import { createHash } from 'node:crypto';
import type { Config } from './config.ts';

/** The differences between two versions of a configuration. */
export interface ConfigChanges {
  /** Names of added, removed and changed accounts. */
  readonly accounts: readonly string[];
  /** Whether callers or their permissions changed. */
  readonly callers: boolean;
  readonly webhooks: boolean;
  readonly rateLimit: boolean;
  /** Changed sections that need a restart. */
  readonly needRestart: readonly string[];
}

/** Sections that a running gateway applies, or whose effect is part of another section. */
const live: readonly string[] = ['accounts', 'allowPrivateEndpoints', 'auth.keys', 'auth.jwt', 'rateLimit', 'webhooks'];

/** A digest of a part of the file. Only the digest is kept, because the part may contain secrets. */
export function digestOf(part: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(part) ?? '')
    .digest('base64url');
}

/** Returns the digests of a file's sections, by name. Each member of `auth` is a section of its own. */
export function sectionsOf(file: object): Readonly<Record<string, string>> {
  const entries = Object.entries(file).flatMap(([name, value]): [string, unknown][] =>
    name === 'auth' && typeof value === 'object' && value !== null
      ? Object.entries(value).map(([member, each]) => [`auth.${member}`, each])
      : [[name, value]],
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, digestOf(value)]));
}

/** Compares two configurations and returns the changes that a running gateway must apply. Pure. */
export function changesBetween(before: Config, next: Config): ConfigChanges {
  const names = new Set([...Object.keys(before.sections), ...Object.keys(next.sections)]);
  const changed = [...names].filter((name) => before.sections[name] !== next.sections[name]).sort();
  const asksBefore = before.auth.keys.length + before.auth.issuers.length > 0;
  const asksNext = next.auth.keys.length + next.auth.issuers.length > 0;
  // Switching authentication on or off changes the address on which the gateway may listen, and needs a restart.
  const opens = asksBefore !== asksNext;
  const needRestart = changed.filter((name) => !live.includes(name));
  return {
    accounts: changedAccounts(before, next),
    callers: !opens && changed.some((name) => name === 'auth.keys' || name === 'auth.jwt'),
    webhooks: changed.includes('webhooks'),
    rateLimit: changed.includes('rateLimit'),
    needRestart: opens ? [...needRestart, 'auth'].sort() : needRestart,
  };
}

function changedAccounts(before: Config, next: Config): readonly string[] {
  const digests = ({ accounts }: Config) => new Map(accounts.map(({ account, digest }) => [account.name, digest]));
  const [old, present] = [digests(before), digests(next)];
  return [...new Set([...old.keys(), ...present.keys()])].filter((name) => old.get(name) !== present.get(name)).sort();
}
