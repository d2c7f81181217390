// @ts-check
import { ApiProblem, send } from './api.js';

/** How long the stream may be silent, in milliseconds. The gateway gives a sign of life more often. */
const silenceMs = 45_000;
/** A tab that nobody sees gives its connection back after that time: a browser has only six for one host. */
const hiddenMs = 60_000;

/**
 * @typedef {object} Listener
 * @property {(event: any) => void} onEvent
 * @property {() => void} onRead Something may have been missed: read what is shown again.
 * @property {(state: 'live' | 'reading' | 'away' | 'refused') => void} onState
 * @property {number} rereadMs It is read again after that time in any case: what the vendor says of its progress is no event.
 */

/**
 * Follows events and comes back after each break, where it was, until the signal ends it.
 * @param {string} path @param {Listener} listener @param {AbortSignal} signal
 */
export async function follow(path, { onEvent, onRead, onState, rereadMs }, signal) {
  const reread = setInterval(onRead, rereadMs);
  signal.addEventListener('abort', () => clearInterval(reread));
  let last = '';
  let waitMs = 500;
  while (!signal.aborted) {
    const connection = new AbortController();
    const close = () => connection.abort();
    signal.addEventListener('abort', close);
    const stopWatching = whenHidden(close);
    let silence = setTimeout(close, silenceMs);
    try {
      const place = last === '' ? {} : { 'last-event-id': last };
      const response = await send(path, { accept: 'text/event-stream', ...place }, { signal: connection.signal });
      if (response.body === null) throw new Error('no stream');
      onState('live');
      onRead();
      waitMs = 500;
      const alive = () => {
        clearTimeout(silence);
        silence = setTimeout(close, silenceMs);
      };
      for await (const event of eventsIn(response.body, alive)) {
        if (event.id !== null) last = event.id;
        if (event.event === 'reset') onRead();
        else if (event.data !== '') onEvent(JSON.parse(event.data));
      }
    } catch (error) {
      if (signal.aborted) return;
      const status = error instanceof ApiProblem ? error.status : 0;
      if (status === 404) return;
      if (status === 401 || status === 403) return onState('refused');
      // A gateway that answers, and has no stream for us: the page is read again all the same.
      if (!globalThis.document.hidden) onState(status === 429 || status === 503 ? 'reading' : 'away');
    } finally {
      clearTimeout(silence);
      stopWatching();
      signal.removeEventListener('abort', close);
    }
    await untilVisible(signal);
    await new Promise((done) => setTimeout(done, waitMs));
    waitMs = Math.min(waitMs * 2, 10_000);
  }
}

/** Calls back when the tab was hidden for long. @param {() => void} then @returns {() => void} how to stop waiting */
function whenHidden(then) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const look = () => {
    clearTimeout(timer);
    if (globalThis.document.hidden) timer = setTimeout(then, hiddenMs);
  };
  look();
  globalThis.document.addEventListener('visibilitychange', look);
  return () => {
    clearTimeout(timer);
    globalThis.document.removeEventListener('visibilitychange', look);
  };
}

/** @param {AbortSignal} signal */
function untilVisible(signal) {
  if (!globalThis.document.hidden) return Promise.resolve();
  return new Promise((done) => {
    const look = () => {
      if (globalThis.document.hidden && !signal.aborted) return;
      globalThis.document.removeEventListener('visibilitychange', look);
      done(undefined);
    };
    globalThis.document.addEventListener('visibilitychange', look);
    signal.addEventListener('abort', look);
  });
}

/**
 * Server-sent events, as the standard reads them; `id` is null where a block has none.
 * @param {ReadableStream<Uint8Array>} stream @param {() => void} alive
 */
async function* eventsIn(stream, alive) {
  const reader = stream.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    alive();
    text += value;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      /** @type {{ id: string | null, event: string, data: string }} */
      const event = { id: null, event: 'message', data: '' };
      for (const line of block.split('\n')) {
        const [, name, content] = /^(id|event|data): ?(.*)$/.exec(line) ?? [];
        if (name !== undefined) event[/** @type {'id' | 'event' | 'data'} */ (name)] = content ?? '';
      }
      yield event;
    }
  }
}

/** What takes long to read, or seems to because the computer slept meanwhile, still waits no longer than this, in milliseconds. */
const maxRestMs = 5000;

/**
 * Reads again soon, and never twice at once: a storm of calls costs one reading each `gapMs`. A gateway that asks for
 * patience gets it.
 */
export class Rereader {
  #read;
  #gapMs;
  #signal;
  #wanted = false;
  #busy = false;

  /** @param {() => Promise<void>} read @param {number} gapMs @param {AbortSignal} signal */
  constructor(read, gapMs, signal) {
    this.#read = read;
    this.#gapMs = gapMs;
    this.#signal = signal;
  }

  /** Asks for a reading that begins after this moment. */
  want() {
    this.#wanted = true;
    if (!this.#busy) void this.#run();
  }

  async #run() {
    this.#busy = true;
    // What comes in the same moment is read together.
    await pause(50);
    while (this.#wanted && !this.#signal.aborted) {
      this.#wanted = false;
      let waitMs = this.#gapMs;
      const began = performance.now();
      try {
        await this.#read();
      } catch (error) {
        if (error instanceof ApiProblem && error.retryAfterMs !== null) {
          this.#wanted = true;
          waitMs = Math.max(waitMs, error.retryAfterMs);
        }
      }
      // What takes long to read is read more rarely.
      await pause(Math.max(waitMs, Math.min(3 * (performance.now() - began), maxRestMs)));
    }
    this.#busy = false;
  }
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
