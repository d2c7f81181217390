// @ts-check

/** The API as the board uses it: relative to the page, with the key that stays in this tab. */

const root = new URL('../', globalThis.document.baseURI);
const keyName = 'godwit-key';

/** @returns {Record<string, string>} */
function credentials() {
  const key = sessionStorage.getItem(keyName);
  return key === null ? {} : { authorization: `Bearer ${key}` };
}

/** @param {string} key */
export function rememberKey(key) {
  if (key === '') sessionStorage.removeItem(keyName);
  else sessionStorage.setItem(keyName, key);
}

/** What the API answered with a problem document. */
export class ApiProblem extends Error {
  /** @param {number} status @param {any} problem */
  constructor(status, problem) {
    super(problem?.detail ?? `The gateway answered ${status}.`);
    this.status = status;
    this.problem = problem;
  }
}

/**
 * @param {string} method @param {string} path @param {unknown} [body] @param {Record<string, string>} [headers]
 * @returns {Promise<{ body: any, etag: string | null }>}
 */
export async function call(method, path, body, headers = {}) {
  const response = await fetch(new URL(path, root), {
    method,
    headers: {
      accept: 'application/json',
      ...credentials(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const value = text === '' ? null : JSON.parse(text);
  if (!response.ok) throw new ApiProblem(response.status, value);
  return { body: value, etag: response.headers.get('etag') };
}

/**
 * A call as a person would send it from a terminal. The key is named, not shown.
 * @param {string} method @param {string} path @param {unknown} [body] @param {Record<string, string>} [headers]
 */
export function curlOf(method, path, body, headers = {}) {
  const given = Object.entries({
    ...(Object.keys(credentials()).length > 0 ? { authorization: 'Bearer $GODWIT_KEY' } : {}),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  }).map(([name, value]) => (value.includes('$GODWIT_KEY') ? `-H "${name}: ${value}"` : `-H '${name}: ${value}'`));
  const data = body === undefined ? [] : [`-d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`];
  return ['curl', '-X', method, `'${new URL(path, root).href}'`, ...given, ...data].join(' ');
}

/**
 * Follows the events of all migrations and comes back after each break, where it was.
 * @param {{ onEvent: (event: any) => void, onState: (state: 'live' | 'away') => void, onGap: () => void }} listener
 */
export async function followEvents({ onEvent, onState, onGap }) {
  let last = '';
  let wait = 500;
  for (let first = true; ; first = false) {
    try {
      const response = await fetch(new URL('migrations/events', root), {
        headers: { accept: 'text/event-stream', ...credentials(), ...(last === '' ? {} : { 'last-event-id': last }) },
      });
      if (response.status === 401 || response.status === 403) return;
      if (!response.ok || response.body === null) throw new ApiProblem(response.status, null);
      onState('live');
      // What happened while nobody listened is read again as a whole.
      if (!first) onGap();
      wait = 500;
      for await (const event of eventsIn(response.body)) {
        if (event.id !== '') last = event.id;
        if (event.event === 'reset') {
          last = '';
          onGap();
        } else if (event.data !== '') onEvent(JSON.parse(event.data));
      }
    } catch {
      onState('away');
    }
    await new Promise((done) => setTimeout(done, wait));
    wait = Math.min(wait * 2, 10_000);
  }
}

/** @param {ReadableStream<Uint8Array>} stream */
async function* eventsIn(stream) {
  const reader = stream.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = { id: '', event: 'message', data: '' };
      for (const line of block.split('\n')) {
        const [, name, content] = /^(id|event|data): ?(.*)$/.exec(line) ?? [];
        if (name !== undefined) event[/** @type {'id' | 'event' | 'data'} */ (name)] = content ?? '';
      }
      yield event;
    }
  }
}
