// @ts-check
import { ApiProblem, send } from './api.js';

/** Maximum silence of the stream in milliseconds. The gateway sends a heartbeat more often. */
const silenceMs = 45_000;
/** A hidden tab closes its stream after this time, in milliseconds, because a browser has only six connections per host. */
const hiddenMs = 60_000;

/**
 * @typedef {object} Listener
 * @property {(event: any) => void} onEvent
 * @property {() => void} onRead Events may have been missed: read the shown data again.
 * @property {(state: 'live' | 'reading' | 'away' | 'refused') => void} onState
 * @property {number} rereadMs Interval of reading again without an event, in milliseconds: progress at the vendor is no event.
 */

/**
 * Follows events until the signal ends it. After each break it reconnects and continues after the last event.
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
      // The gateway answers but has no free stream: the page is still read at intervals.
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

/** Calls back once the tab has been hidden for `hiddenMs`. @param {() => void} then @returns {() => void} Stops waiting. */
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
 * Parses server-sent events (WHATWG HTML); `id` is null for a block without one.
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

/** Maximum pause after a slow read in milliseconds. A read also seems slow if the computer slept meanwhile. */
const maxRestMs = 5000;

/**
 * Reads again on request, at most once per `gapMs` and never concurrently. A longer wait that the gateway requests
 * (`Retry-After`) is respected.
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

  /** Requests a read that begins after this call. */
  want() {
    this.#wanted = true;
    if (!this.#busy) void this.#run();
  }

  async #run() {
    this.#busy = true;
    // Requests within 50 ms share one read.
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
      // Slow reads are repeated less often.
      await pause(Math.max(waitMs, Math.min(3 * (performance.now() - began), maxRestMs)));
    }
    this.#busy = false;
  }
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
