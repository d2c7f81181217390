import { systemRuntime } from '../../src/runtime.ts';
import { backupBody, type Intent, migrationBody, watchedObjects } from './intent.ts';
import type { Told } from './judge.ts';
import type { Choices } from './random.ts';

/** The address of the gateway, and how long callers repeat a request. */
export interface CallerSettings {
  readonly urls: readonly string[];
  /** Time from the first try after which a caller gives up, in milliseconds. */
  readonly patienceMs: number;
  /** Factor of the time that a caller waits for one answer. */
  readonly pace: number;
  /** Puts an object into a cloud's store. */
  put(object: object): Promise<unknown>;
}

interface Answer {
  readonly status: number;
  readonly body: {
    readonly id?: string;
    readonly state?: string;
    readonly code?: string;
    readonly detail?: string;
    readonly errors?: readonly { readonly pointer?: string }[];
  };
}

/** Problems after which a caller repeats the request. */
const repeatable: ReadonlySet<string> = new Set([
  'idempotency_in_progress',
  'overloaded',
  'draining',
  'rate_limited',
  'provider_unavailable',
]);

/** While an account name belongs to another cloud, the gateway cannot tell which account is meant. */
function isStrangeAccount({ code, errors }: Answer['body']): boolean {
  return code === 'invalid_request' && errors?.some(({ pointer }) => pointer === '/account') === true;
}

/** One caller from the first request to the last increment. */
export async function call(intent: Intent, random: Choices, settings: CallerSettings): Promise<Told> {
  const { idempotencyKey, prefer, answerTimeoutMs } = intent.manner;
  const until = systemRuntime.now() + settings.patienceMs;

  async function persist(path: string, body: object, key: string | null): Promise<Answer | null> {
    for (;;) {
      const answer = await send(
        'POST',
        `${random.pick(settings.urls)}${path}`,
        body,
        {
          ...(key !== null && { 'idempotency-key': key }),
          ...(prefer !== null && { prefer }),
        },
        Math.round(answerTimeoutMs * settings.pace),
      );
      const final =
        answer !== null &&
        answer.status < 500 &&
        !repeatable.has(answer.body.code ?? '') &&
        !isStrangeAccount(answer.body);
      if (final || key === null || systemRuntime.now() > until) return final ? answer : null;
      await systemRuntime.sleep(answer === null ? random.between(50, 300) : random.between(600, 1800));
    }
  }

  /** Waits for its end and deletes it. `maybe`: the deletion was sent and never answered. */
  async function forget(id: string): Promise<'yes' | 'no' | 'maybe'> {
    let asked = false;
    while (systemRuntime.now() < until) {
      const url = `${random.pick(settings.urls)}/migrations/${id}`;
      const present = await send('GET', url, undefined, {}, answerTimeoutMs * settings.pace);
      if (present?.status === 404 && asked) return 'yes';
      if (ended.has(present?.body.state ?? '')) {
        asked = true;
        const deleted = await send('DELETE', url, undefined, {}, answerTimeoutMs * settings.pace);
        if (deleted?.status === 204) return 'yes';
      }
      await systemRuntime.sleep(random.between(50, 200));
    }
    return asked ? 'maybe' : 'no';
  }

  const created = await persist('/migrations', migrationBody(intent), idempotencyKey);
  const told = (extra: Partial<Told>): Told => ({
    intent,
    acknowledged: false,
    migrationId: null,
    acknowledgedIncrements: [],
    attemptedIncrements: [],
    forgotten: false,
    askedAgain: false,
    acknowledgedAgain: false,
    refusal: null,
    ...extra,
  });
  if (created === null) return told({});
  if (created.status >= 300) return told({ refusal: `${created.status} ${created.body.code}: ${created.body.detail}` });
  const migrationId = created.body.id ?? null;

  if (intent.watched) {
    await upload(intent, random, settings);
    const names = intent.increments.map(({ name }) => name);
    return told({ acknowledged: true, migrationId, acknowledgedIncrements: names, attemptedIncrements: names });
  }
  const forgotten = intent.again && migrationId !== null ? await forget(migrationId) : 'no';
  if (forgotten === 'maybe') return told({ acknowledged: true, migrationId, forgotten: true });
  if (forgotten === 'yes') {
    const again = await persist('/migrations', migrationBody(intent), `${idempotencyKey}-again`);
    const refused = again !== null && again.status >= 300;
    return told({
      acknowledged: true,
      migrationId: again?.body.id ?? null,
      askedAgain: true,
      acknowledgedAgain: again !== null && !refused,
      refusal: refused ? `${again.status} ${again.body.code}: ${again.body.detail}` : null,
    });
  }

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

/** Fills the watched folder one file at a time, in any order. */
async function upload(intent: Intent, random: Choices, { put }: CallerSettings): Promise<void> {
  const left = [...watchedObjects(intent)];
  while (left.length > 0) {
    const [object] = left.splice(random.between(0, left.length - 1), 1);
    if (object !== undefined) await put(object);
    await systemRuntime.sleep(random.between(0, 400));
  }
}
const ended: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled']);

/** Null without a readable answer. */
async function send(
  method: string,
  url: string,
  body: object | undefined,
  headers: Record<string, string>,
  timeoutMs: number,
): Promise<Answer | null> {
  try {
    const response = await fetch(url, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(Math.round(timeoutMs)),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Answer['body'] };
  } catch {
    return null;
  }
}
