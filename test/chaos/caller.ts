import { systemRuntime } from '../../src/runtime.ts';
import { backupBody, type Intent, migrationBody } from './intent.ts';
import type { Told } from './judge.ts';
import type { Choices } from './random.ts';

/** Where callers find the gateway, and how long they keep asking. */
export interface CallerSettings {
  readonly urls: readonly string[];
  /** After this time from the first try a caller gives up, in milliseconds. */
  readonly patienceMs: number;
  /** By which the time that a caller waits for one answer is stretched. */
  readonly pace: number;
}

interface Answer {
  readonly status: number;
  readonly body: { readonly id?: string; readonly code?: string; readonly detail?: string };
}

/** Problems that a caller is asked to repeat the request for. */
const repeatable: ReadonlySet<string> = new Set([
  'idempotency_in_progress',
  'overloaded',
  'draining',
  'rate_limited',
  'provider_unavailable',
]);

/** One caller from the first request to the last increment. */
export async function call(intent: Intent, random: Choices, settings: CallerSettings): Promise<Told> {
  const { idempotencyKey, prefer, answerTimeoutMs } = intent.manner;
  const until = systemRuntime.now() + settings.patienceMs;

  async function persist(path: string, body: object, key: string | null): Promise<Answer | null> {
    for (;;) {
      const answer = await post(
        `${random.pick(settings.urls)}${path}`,
        body,
        {
          ...(key !== null && { 'idempotency-key': key }),
          ...(prefer !== null && { prefer }),
        },
        Math.round(answerTimeoutMs * settings.pace),
      );
      const final = answer !== null && answer.status < 500 && !repeatable.has(answer.body.code ?? '');
      if (final || key === null || systemRuntime.now() > until) return final ? answer : null;
      await systemRuntime.sleep(answer === null ? random.between(50, 300) : random.between(600, 1800));
    }
  }

  const created = await persist('/migrations', migrationBody(intent), idempotencyKey);
  const told = (extra: Partial<Told>): Told => ({
    intent,
    acknowledged: false,
    migrationId: null,
    acknowledgedIncrements: [],
    attemptedIncrements: [],
    refusal: null,
    ...extra,
  });
  if (created === null) return told({});
  if (created.status >= 300) return told({ refusal: `${created.status} ${created.body.code}: ${created.body.detail}` });
  const migrationId = created.body.id ?? null;

  const attemptedIncrements: string[] = [];
  const acknowledgedIncrements: string[] = [];
  let refusal: string | null = null;
  for (const file of intent.increments) {
    attemptedIncrements.push(file.name);
    const path = `/migrations/${migrationId}/backups`;
    const added = await persist(path, backupBody(intent, file), `${idempotencyKey}-${file.name}`);
    if (added?.status === 201) acknowledgedIncrements.push(file.name);
    else {
      if (added !== null) refusal = `${added.status} ${added.body.code}: ${added.body.detail}`;
      break;
    }
  }
  return told({ acknowledged: true, migrationId, acknowledgedIncrements, attemptedIncrements, refusal });
}

/** Null: no answer, or none that could be read. */
async function post(
  url: string,
  body: object,
  headers: Record<string, string>,
  timeoutMs: number,
): Promise<Answer | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  } catch {
    return null;
  }
}
