import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backup, Migration, Step } from '../../../src/domain/migration.ts';
import { problemCodes } from '../../../src/domain/problem.ts';
import type { CallInput, ChangingCall } from '../../../src/domain/provider.ts';
import { restoreErrorCodes } from '../../../src/domain/restore-errors.ts';
import { maxRetryAfterMs } from '../../../src/domain/retry-after.ts';
import { type Dialogue, failureKinds, VendorError, type VendorReply } from '../../../src/domain/vendor.ts';
import { spoiledAnswers } from './spoiled.ts';
import { converse, type Vendor } from './vendor.ts';

const steps: readonly Step[] = ['restore', 'open', 'cancel', 'cleanup'];
const runs = { numRuns: Number(process.env.GODWIT_PROPERTY_RUNS ?? 60) };

/** Every call in a vendor's plans, with its migration and backup. */
function callsOf({ provider, migrations }: Vendor) {
  return migrations.flatMap((migration) =>
    steps.flatMap((step) => {
      const backup = step === 'open' || step === 'cancel' ? null : (migration.backups.at(-1) ?? null);
      return provider.plan(step, migration, backup).map((call) => ({ call, migration, backup, step }));
    }),
  );
}

/**
 * The reads about tasks started outside Godwit: an instance's tasks, and each migration's as if another client had sent
 * it.
 */
function foreignDialogues({ provider, account, migrations, restoring }: Vendor, now: number) {
  const { foreign } = provider;
  if (foreign === null) return [];
  const read = (draft: Vendor['restoring']) => {
    const refs = Object.fromEntries(foreign.refs.required.map((name) => [name, draft.providerRefs[name] ?? '1']));
    return foreign.read({ refs, draft, mode: null, taken: new Set() }, account, now);
  };
  return [
    ['lists tasks', () => foreign.list(restoring.target.instanceId, account, now)] as const,
    ...migrations.map((draft) => ['reads what is to be adopted', () => read(draft)] as const),
  ];
}

/** The value, or undefined after a `VendorError`. Any other exception fails the test. */
function orVendorError<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof VendorError) return undefined;
    throw error;
  }
}

/** The laws that every provider obeys. */
export function lawsOf(vendor: Vendor): void {
  const { provider, account, migrations } = vendor;
  const answer = spoiledAnswers(vendor.answers);
  const answers = fc.array(answer, { minLength: 1, maxLength: 5 });
  const input = (migration: Migration, backup: Backup | null): CallInput => ({
    account,
    migration,
    backup,
    open: (url) => url.sealed,
  });
  const calls = callsOf(vendor);
  const now = vendor.restoring.createdAt;
  const look = (call: ChangingCall, migration: Migration, backup: Backup | null) =>
    call.find({
      ...input(migration, backup),
      sentAt: now,
      now: now + 20_000,
      begunBy: Number.MAX_SAFE_INTEGER,
      taken: new Set(),
    });

  describe(`${provider.id}: a plan`, () => {
    it('starts a restore and names each operation once', () => {
      expect(calls.some(({ step }) => step === 'restore')).toBe(true);
      for (const migration of migrations)
        for (const step of steps) {
          const operations = (): string[] =>
            provider.plan(step, migration, migration.backups.at(-1) ?? null).map(({ operation }) => operation);
          expect(operations()).toEqual(operations());
          expect(new Set(operations()).size).toBe(operations().length);
        }
    });

    it('opens databases and cancels restores only if the capabilities say so', () => {
      const { cutoverWithoutBackup, cancelWhileRestoring, modes } = provider.capabilities;
      const chains = migrations.filter(({ mode }) => mode !== 'full');
      expect(chains.length > 0).toBe(modes.length > 1);
      for (const chain of chains) expect(provider.plan('open', chain, null).length > 0).toBe(cutoverWithoutBackup);
      const verdict = provider.cancelVerdict(vendor.restoring);
      expect(verdict.possible).toBe(cancelWhileRestoring);
      if (verdict.possible) expect(provider.plan('cancel', vendor.restoring, null).length > 0).toBe(verdict.calls);
    });

    it('has a call that waits for an uploaded file, if uploads are supported', () => {
      const { sources } = provider.capabilities;
      expect(provider.uploads !== null).toBe(sources.includes('upload'));
      for (const migration of migrations) {
        const plan = provider.plan('restore', migration, migration.backups.at(-1) ?? null);
        expect(plan.filter(({ needsFile }) => needsFile)).toHaveLength(1);
      }
    });
  });

  describe(`${provider.id}: a changing call`, () => {
    it('is a write that is built identically each time', () => {
      for (const { call, migration, backup } of calls) {
        const request = call.build(input(migration, backup));
        expect(request).toMatchObject({ operation: call.operation, effect: 'write' });
        expect(provider.services).toContain(request.service);
        expect(call.build(input(migration, backup))).toEqual(request);
      }
    });

    it('returns its declared ids or reports a malformed reply', () => {
      fc.assert(
        fc.property(answer, fc.constantFrom(...calls), (reply, { call }) => {
          const { required, optional } = call.refs;
          const refs = orVendorError(() => call.parse(reply));
          if (refs === undefined) return;
          expect(Object.keys(refs)).toEqual(expect.arrayContaining([...required]));
          for (const [name, value] of Object.entries(refs)) {
            expect([...required, ...optional]).toContain(name);
            expect(value).toMatch(/./s);
          }
        }),
        runs,
      );
    });
  });

  describe(`${provider.id}: a dialogue`, () => {
    const dialogues: readonly (readonly [string, () => Dialogue<unknown>])[] = [
      ...calls.map(
        ({ call, migration, backup }) => [`looks for ${call.operation}`, () => look(call, migration, backup)] as const,
      ),
      ...migrations.map(
        (migration) => ['observes one', () => provider.observe([migration], account, now, now)] as const,
      ),
      ['observes several', () => provider.observe(sameGroup(vendor), account, now, now)],
      ['is tried', () => provider.tryAccount({ instanceId: null, now })],
      ['checks beforehand', () => provider.preflight(vendor.restoring, account)],
      ...foreignDialogues(vendor, now),
      ...vendor.credentials.flatMap((credentials) =>
        provider.login(account, account.region, credentials) === null
          ? []
          : [['logs in', () => provider.login(account, account.region, credentials) as Dialogue<unknown>] as const],
      ),
    ];

    it('only reads, ends on any reply and throws nothing but VendorError', () => {
      fc.assert(
        fc.property(answers, fc.constantFrom(...dialogues), (given, [, start]) => {
          orVendorError(() =>
            converse(vendor, start(), (request, number) => {
              expect(request.effect).toBe('read');
              expect(provider.services).toContain(request.service);
              return given[number % given.length] as VendorReply;
            }),
          );
        }),
        { numRuns: runs.numRuns * 4 },
      );
    });

    it('reports only the migrations it was asked about, with errors from the catalogue', () => {
      const known: readonly string[] = [...restoreErrorCodes, ...problemCodes];
      fc.assert(
        fc.property(answers, fc.constantFrom(...migrations), (given, migration) => {
          const dialogue = provider.observe([migration], account, now, now);
          const seen = orVendorError(() =>
            converse(vendor, dialogue, (_request, number) => given[number % given.length] as VendorReply),
          );
          for (const [id, { error, backups, percent }] of seen ?? []) {
            expect(id).toBe(migration.id);
            if (percent !== null) expect(percent).toSatisfy((value: number) => value >= 0 && value <= 100);
            for (const told of [error, ...backups.map((backup) => backup.error)])
              if (told !== null) expect(known).toContain(told.code);
            for (const { backupId } of backups) expect(migration.backups.map((each) => each.id)).toContain(backupId);
          }
        }),
        { numRuns: runs.numRuns * 2 },
      );
    });

    it('opens sessions only if the provider declares them', () => {
      const opens = vendor.credentials.some((each) => provider.login(account, account.region, each) !== null);
      expect(opens).toBe(provider.opensSessions);
    });
  });

  describe(`${provider.id}: a failure`, () => {
    const requests = calls.map(({ call, migration, backup }) => call.build(input(migration, backup)));

    it('is derived from any reply without throwing and agrees with the defaults of its kind', () => {
      fc.assert(
        fc.property(answer, fc.constantFrom(...requests), (reply, request) => {
          expect(provider.requestIdOf(reply)).toSatisfy((id: unknown) => id === null || typeof id === 'string');
          const failure = provider.failureOf(request, reply);
          if (failure === null) return;
          const { kind, code, retryable, retryAfterMs = 0, detail } = failure;
          expect(problemCodes).toContain(code);
          expect(detail).not.toBe('');
          expect(failure.provider).toMatchObject({ name: provider.id, operation: request.operation });
          expect(retryAfterMs).toBeGreaterThanOrEqual(0);
          expect(retryAfterMs).toBeLessThanOrEqual(maxRetryAfterMs);
          // Only for a final refusal may our code be more specific than the default of its kind.
          if (kind !== 'rejected') expect({ code, retryable }).toEqual(pick(failureKinds[kind]));
        }),
        { numRuns: runs.numRuns * 6 },
      );
    });

    it('waits at most a quarter of an hour, whatever Retry-After says', () => {
      for (const httpStatus of [429, 503])
        for (const wait of ['999999', 'Fri, 01 Jan 2100 00:00:00 GMT']) {
          const reply = { httpStatus, headers: { 'retry-after': wait }, body: '', receivedAt: now };
          const failure = requests[0] && provider.failureOf(requests[0], reply);
          expect(failure?.retryAfterMs).toBe(maxRetryAfterMs);
        }
    });
  });

  describe(`${provider.id}: what it says of itself`, () => {
    it('accepts its own samples', () => {
      for (const migration of migrations) {
        expect(provider.checkMigration(migration, account)).toEqual([]);
        expect(provider.capabilities.modes).toContain(migration.mode);
      }
    });

    it('has an https host for each service in each region that it lists', () => {
      for (const region of provider.capabilities.regions)
        for (const service of provider.services)
          expect(provider.endpoint(service, region, account)).toMatch(/^https:\/\/[a-z0-9.-]+$/);
      expect(new Set(provider.capabilities.regions).size).toBe(provider.capabilities.regions.length);
      expect(provider.services).toContain(provider.restoreService);
    });

    it('reports faults with pointers into the request', () => {
      fc.assert(
        fc.property(fc.string(), fc.constantFrom(...provider.capabilities.modes), fc.boolean(), (name, mode, final) => {
          const sources = [
            { type: 'object_storage', bucket: 'acme', keys: [name] },
            { type: 'url', urls: [{ display: name, sealed: '' }] },
            { type: 'upload', fileName: name },
          ] as const;
          for (const source of sources) {
            const [full] = vendor.restoring.backups;
            const migration = { ...vendor.restoring, mode, backups: [{ ...(full as Backup), source }] };
            const faults = [
              ...provider.checkMigration(migration, account),
              ...provider.checkBackup(migration, { type: 'log', source, final }),
            ];
            for (const fault of faults) expect(fault.pointer).toMatch(/^\/(source|type|target|mode)/);
            expect(provider.canBecomeFinal({ source })).toBeTypeOf('boolean');
          }
        }),
        runs,
      );
    });
  });

  describe(`${provider.id}: a signature`, () => {
    it('is the same for the same time and nonce and puts no secret into the URL', () => {
      const [first] = calls;
      if (first === undefined) throw new Error('no call');
      const request = first.call.build(input(first.migration, first.backup));
      const session = { token: null, projectId: 'p', expiresAt: now };
      for (const credentials of vendor.credentials) {
        const context = {
          account,
          region: account.region,
          credentials,
          session,
          endpoint: 'https://vendor.example',
          now,
          nonce: 'n-1',
        };
        const signed = orVendorError(() => provider.sign(request, context));
        expect(orVendorError(() => provider.sign(request, context))).toEqual(signed);
      }
    });
  });
}

function pick({ code, retryable }: { readonly code: string; readonly retryable: boolean }) {
  return { code, retryable };
}

/** The migrations that one observation covers. */
function sameGroup({ provider, migrations }: Vendor): readonly Migration[] {
  const group = migrations[0] && provider.observationGroup(migrations[0]);
  return migrations
    .filter((migration) => provider.observationGroup(migration) === group)
    .map((migration, index) => ({ ...migration, id: `${migration.id}${index}` }));
}
