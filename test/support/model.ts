import { type ChangeContext, endMigration } from '../../src/domain/aggregate.ts';
import { acceptCall, beginCall, failCall } from '../../src/domain/calls.ts';
import { newBackup, newMigration } from '../../src/domain/creation.ts';
import { dated } from '../../src/domain/dates.ts';
import { decide } from '../../src/domain/decide.ts';
import { probeFailed, settleByFinding } from '../../src/domain/in-doubt.ts';
import {
  finalBackup,
  isTerminal,
  markableAsFinal,
  permission,
  placementFault,
  unsettledCall,
} from '../../src/domain/lifecycle.ts';
import { fullBackup, type Migration } from '../../src/domain/migration.ts';
import { applyObservation, observationFailed } from '../../src/domain/observation.ts';
import type { Observation, Provider } from '../../src/domain/provider.ts';
import {
  addBackup,
  markUploaded,
  requestCancel,
  requestCutover,
  requestRetry,
  resolveByOperator,
} from '../../src/domain/requests.ts';
import type { EngineSettings } from '../../src/domain/timing.ts';
import type { FailureKind, VendorFailure } from '../../src/domain/vendor.ts';
import type { Mode } from '../../src/domain/vocabulary.ts';
import { type ProviderId, providers } from './providers.ts';
import { incrementKey, requestFor } from './simulation.ts';

export { providers };

export const settings: EngineSettings = {
  pollMinMs: 1000,
  pollMaxMs: 10_000,
  callTimeoutMs: 2000,
  leaseMs: 10_000,
  settleMs: 5000,
  resendTries: 5,
  busyMs: 3_600_000,
  stallMs: 21_600_000,
};

export const failureKinds: readonly FailureKind[] = [
  'rejected',
  'busy',
  'throttled',
  'unauthenticated',
  'session_expired',
  'clock_skew',
  'not_found',
  'not_sent',
  'replayed',
  'timeout',
  'unavailable',
  'malformed',
];

export function failureOf(kind: FailureKind): VendorFailure {
  return {
    kind,
    code: 'provider_rejected',
    detail: `The vendor says ${kind}.`,
    retryable: false,
    provider: { name: 'x', operation: 'X', code: kind, message: null, requestId: null, httpStatus: 400 },
  };
}

/** One migration driven by domain functions alone: no engine, no store, no vendor. */
export class Model {
  now = Date.UTC(2026, 10, 21, 12);
  migration: Migration;
  readonly provider: Provider;
  readonly seen: Observation[] = [];
  /** The operations sent for each attempt of each backup, in order. */
  readonly sent: { readonly backupId: string; readonly attempt: number; readonly operation: string }[] = [];
  #count = 0;

  constructor(id: ProviderId, mode: Mode, upload = false) {
    this.provider = providers.of(id);
    const request = requestFor(id, mode);
    const source = upload ? { type: 'upload' as const, fileName: 'orders.bak' } : request.source;
    this.migration = newMigration(
      { ...request, ...(source && { source }) },
      { name: 'main', region: 'r' },
      'tests',
      this.#creation(),
    );
  }

  get context(): ChangeContext & { readonly group: string } {
    return { provider: this.provider, settings, now: this.now, group: 'g' };
  }

  /** The engine's next step, with an outcome chosen by `pick`. */
  work(pick: (upTo: number) => number): void {
    const { migration } = this;
    if (migration.dueAt === null) return;
    this.now = Math.max(this.now + 10, migration.dueAt);
    const command = decide(migration, this.provider);
    switch (command.do) {
      case 'nothing':
        this.#to({ ...migration, dueAt: null });
        return;
      case 'conclude_cancel':
        this.#to(endMigration(migration, 'cancelled', null, this.now, this.now));
        return;
      case 'observe':
        this.observe(pick);
        return;
      case 'send': {
        if (command.step === 'restore')
          this.sent.push({
            backupId: command.backup?.id ?? '',
            attempt: command.attempt,
            operation: command.call.operation,
          });
        this.#to(beginCall(migration, command, this.context));
        const number = this.migration.calls.at(-1)?.number ?? 0;
        this.now += 20;
        const outcome = pick(failureKinds.length * 2 + 6);
        // Refusals are the most instructive failures.
        const kind = outcome > failureKinds.length * 2 + 2 ? 'rejected' : failureKinds[outcome];
        if (kind !== undefined) this.#to(failCall(this.migration, number, failureOf(kind), this.context));
        else if (outcome > failureKinds.length) this.accept(number);
        // Otherwise the process dies here, and the call stays as stored.
        return;
      }
      case 'probe': {
        const { number } = command.recorded;
        const outcome = pick(4);
        if (outcome === 0) this.#to(probeFailed(migration, number, failureOf('unavailable'), this.context));
        else
          this.#to(
            settleByFinding(
              migration,
              number,
              outcome === 1
                ? { found: 'unclear', detail: 'Two look alike.' }
                : outcome === 2
                  ? { found: 'no' }
                  : { found: 'yes', refs: this.refs() },
              this.now - 10 ** pick(6),
              this.context,
            ),
          );
      }
    }
  }

  accept(number: number): void {
    this.#to(acceptCall(this.migration, number, this.refs(), this.context));
  }

  /** An arbitrary observation: of backups unknown to the vendor, in states that contradict each other. */
  observe(pick: (upTo: number) => number): void {
    if (pick(8) === 7) {
      this.#to(
        observationFailed(this.migration, failureOf(failureKinds[pick(failureKinds.length)] ?? 'busy'), this.context),
      );
      return;
    }
    const old = this.seen[pick(this.seen.length + 1)];
    const phases = [
      'restoring',
      'ready',
      'succeeded',
      'failed',
      'unrecognized',
      'missing',
      'restoring',
      'ready',
    ] as const;
    const states = ['restoring', 'restored', 'failed', 'restored'] as const;
    const observation: Observation = old ?? {
      phase: phases[pick(phases.length)] ?? 'restoring',
      providerStatus: `word ${pick(3)}`,
      percent: pick(3) === 0 ? null : pick(140) - 20,
      startedAt: pick(2) === 0 ? null : this.now - 3_600_000,
      finishedAt: pick(2) === 0 ? null : this.now - pick(7_200_000),
      error: null,
      backups: this.migration.backups
        .filter(() => pick(2) === 0)
        .map((backup) => ({
          backupId: backup.id,
          state: states[pick(states.length)] ?? 'restoring',
          providerStatus: 'word',
          error: null,
          startedAt: null,
          finishedAt: null,
          refs: {},
        })),
      warnings: [],
    };
    this.seen.push(observation);
    this.#to(applyObservation(this.migration, observation, this.context));
  }

  /** The true observation when the vendor executes every call. */
  truth(): Observation {
    const { migration } = this;
    const accepted = (step: string) => migration.calls.some((call) => call.step === step && call.state === 'accepted');
    const opens = this.provider.capabilities.cutoverWithoutBackup
      ? accepted('open')
      : finalBackup(migration) !== undefined && finalBackup(migration)?.state !== 'queued';
    const done = migration.mode === 'full' || opens;
    const phase = accepted('cancel') ? 'failed' : done ? 'succeeded' : 'ready';
    return {
      phase,
      providerStatus: 'done',
      percent: null,
      startedAt: null,
      finishedAt: null,
      error: null,
      backups: migration.backups
        .filter((backup) => backup.state === 'restoring')
        .map((backup) => ({
          backupId: backup.id,
          state: 'restored',
          providerStatus: 'done',
          error: null,
          startedAt: null,
          finishedAt: null,
          refs: {},
        })),
      warnings: [],
    };
  }

  /** One step of the engine without faults. False when only a later poll can continue. */
  honestStep(): boolean {
    const { migration } = this;
    if (migration.dueAt === null) return false;
    this.now = Math.max(this.now + 10, migration.dueAt);
    const command = decide(migration, this.provider);
    if (command.do === 'probe') this.accept(command.recorded.number);
    else if (command.do !== 'observe') this.work((upTo) => Math.floor((upTo * 3) / 4));
    else {
      const gist = () => JSON.stringify([this.migration.state, this.migration.backups]);
      const before = gist();
      this.#to(applyObservation(migration, this.truth(), this.context));
      if (before !== gist()) return true;
      if (!isTerminal(this.migration) && (this.migration.dueAt ?? 0) <= this.now)
        throw new Error('observes without a pause and without an end');
      return false;
    }
    return true;
  }

  /** Steps without faults until none is left. Throws when they never end. */
  settle(): void {
    for (let rounds = 0; rounds < 300; rounds++) if (!this.honestStep()) return;
    throw new Error(`goes on for ever: ${JSON.stringify(this.migration, null, 1)}`);
  }

  /** Makes a request that may be refused. Returns whether it was accepted. */
  ask(
    what: 'add' | 'add_final' | 'cut_over' | 'cut_over_after' | 'cancel' | 'retry' | 'absent' | 'adopt' | 'uploaded',
  ): boolean {
    const { migration, provider, now } = this;
    const may = (action: 'add_backup' | 'cut_over' | 'cancel' | 'retry') =>
      permission(action, migration, provider).allowed;
    switch (what) {
      case 'add':
      case 'add_final': {
        const mode = migration.mode;
        const number = this.#count + 1;
        const key = incrementKey(migration.provider as ProviderId, mode, number, what === 'add_final');
        const upload = fullBackup(migration).source.type === 'upload';
        const backup = newBackup(
          {
            type: mode === 'full_differential' ? 'differential' : 'log',
            source: upload
              ? { type: 'upload', fileName: key.slice(5) }
              : { type: 'object_storage', bucket: 'acme-backups-1250000000', keys: [key] },
            final: what === 'add_final',
          },
          this.#creation(),
        );
        if (!may('add_backup') || placementFault(migration, backup) !== null) return false;
        this.#to(addBackup(migration, backup, now));
        return true;
      }
      case 'cut_over':
        if (!may('cut_over') || !provider.capabilities.cutoverWithoutBackup) return false;
        this.#to(requestCutover(migration, null, now));
        return true;
      case 'cut_over_after': {
        const last = markableAsFinal(migration, provider);
        if (!may('cut_over') || last === undefined) return false;
        this.#to(requestCutover(migration, last.id, now));
        return true;
      }
      case 'cancel':
        if (!may('cancel')) return false;
        this.#to(requestCancel(migration, provider.cancelVerdict(migration), now));
        return true;
      case 'retry':
        if (!may('retry')) return false;
        this.#to(requestRetry(migration, now));
        return true;
      case 'absent':
      case 'adopt':
        if (!may('retry') || unsettledCall(migration)?.asksOperator !== true) return false;
        this.#to(resolveByOperator(migration, what === 'absent' ? 'absent' : { adopt: this.refs() }, this.context));
        return true;
      case 'uploaded': {
        const waiting = migration.backups.find(
          (backup) => backup.source.type === 'upload' && backup.state === 'submitting' && !backup.uploaded,
        );
        if (waiting === undefined || isTerminal(migration) || migration.cancelRequested) return false;
        this.#to(markUploaded(migration, waiting.id, now));
        return true;
      }
    }
  }

  /** New ids with the names of the three vendors. */
  refs(): Record<string, string> {
    const n = String(++this.#count);
    return {
      migrateTaskId: n,
      jobId: n,
      backupMigrationId: `t-${n}`,
      incrementalMigrationId: `i-${n}`,
      flowId: n,
    };
  }

  set(migration: Migration): void {
    this.migration = migration;
  }

  #to(next: Migration): void {
    this.onChange(this.migration, next);
    this.migration = { ...dated(this.migration, next), version: next.version + 1 };
  }
  onChange: (before: Migration, after: Migration) => void = () => undefined;

  #creation() {
    return {
      runtime: {
        now: () => this.now,
        randomBytes: (size: number) => Uint8Array.from({ length: size }, (_, place) => (++this.#count >> place) % 32),
      },
      seal: (url: string) => ({ display: url, sealed: url }),
    };
  }
}
