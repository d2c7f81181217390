// @ts-check
import { askUploadTarget, markUploaded, questionOf, removeBackup, uploadTarget } from './actions.js';
import { call, problemOf } from './api.js';
import { isTerminal } from './catalogue.js';
import { ask } from './dialog.js';
import { eventLog, factsOf, vendorIds } from './facts.js';
import { feedSection } from './feed.js';
import { html, nothing, render } from './lit-html.js';
import { follow, Rereader } from './live.js';
import { noteCard, progressBar, stateMark } from './parts.js';
import { timeline } from './timeline.js';
import { slowedNotes } from './vendor-notes.js';
import { actionWords, between, inWords, nameOf, progressOf, standingOf, whatIsDecidedOn } from './words.js';

/** Minimum interval between two reads, however many events arrive, in milliseconds. */
const gapMs = 250;
/** Interval of reading the folder although the migration is unchanged, in milliseconds. */
const feedMs = 15_000;
/** Interval of reading the circuit and slowed operations of the vendor, in milliseconds. */
const providerMs = 25_000;
const eventsShown = 100;
/** @type {Record<string, string>} */
const weights = { cut_over: 'main', cancel: 'danger', delete: 'danger' };

/** One migration: its state, the reason, and the possible actions. */
export class MigrationPage {
  title = 'Migration';
  #id;
  #main;
  #signal;
  #shell;
  #etag = '';
  /** @type {any} */
  #migration = null;
  /** @type {any} */
  #provider = null;
  /** @type {any} */
  #feed = null;
  #feedReadAt = 0;
  /** @type {any[]} */
  #events = [];
  #eventsOmitted = 0;
  #gone = false;
  #allBackups = false;
  #scanning = false;
  /** @type {any} */
  #scanProblem = null;
  /** @type {any} */
  #upload = null;
  /** @type {Rereader} */
  #reading;
  #frame = 0;

  /** @param {HTMLElement} main @param {AbortSignal} signal @param {import('./list.js').Shell} shell @param {string} id */
  constructor(main, signal, shell, id) {
    this.#main = main;
    this.#signal = signal;
    this.#shell = shell;
    this.#id = id;
    this.#reading = new Rereader(() => this.#read(), gapMs, signal);
  }

  async start() {
    await this.#read();
    await this.#readProvider();
    const provider = new Rereader(() => this.#readProvider(), providerMs, this.#signal);
    void follow(
      `migrations/${this.#id}/events`,
      {
        onEvent: (event) => {
          this.#keep(event);
          this.#reading.want();
        },
        onRead: () => {
          this.#reading.want();
          provider.want();
        },
        onState: this.#shell.state,
        rereadMs: 3000,
      },
      this.#signal,
    );
  }

  async #readProvider() {
    this.#provider = await call('GET', `providers/${this.#migration.provider}`).then(
      ({ body }) => body,
      () => this.#provider,
    );
    if (!this.#signal.aborted) this.#update();
  }

  async #read() {
    const path = `migrations/${this.#id}`;
    const known = this.#etag === '' ? {} : { 'if-none-match': this.#etag };
    const answer = await call('GET', path, undefined, known).catch((error) => {
      if (problemOf(error).status !== 404 || this.#migration === null) throw error;
      this.#gone = true;
      return null;
    });
    if (this.#signal.aborted) return;
    if (answer !== null && answer.status !== 304) {
      this.#announce(answer.body);
      this.#migration = answer.body;
      this.#etag = answer.etag ?? '';
    }
    const changed = answer !== null && answer.status !== 304;
    if (this.#migration.feed && !this.#gone && (changed || performance.now() - this.#feedReadAt > feedMs)) {
      this.#feedReadAt = performance.now();
      this.#feed = await call('GET', `${path}/feed`).then(
        ({ body }) => body,
        () => this.#feed,
      );
    }
    if (!this.#signal.aborted) this.#update();
  }

  /** @param {any} now */
  #announce(now) {
    const before = this.#migration;
    if (before === null) return;
    if (before.state !== now.state) this.#shell.say(`${nameOf(now)}: ${inWords(now.state)}.`);
    else if (now.blocking[0] && before.blocking[0]?.code !== now.blocking[0].code)
      this.#shell.say(`${nameOf(now)} is blocked: ${inWords(now.blocking[0].code)}.`);
    else if (before.progress.backupsRestored !== now.progress.backupsRestored)
      this.#shell.say(`${nameOf(now)}: ${progressOf(now).counts}.`);
  }

  /** Keeps the newest events in order, each once: a restarted stream repeats events. @param {any} event */
  #keep(event) {
    const kept = this.#events;
    const isOld = kept.length === eventsShown && event.id < kept[0].id;
    if (isOld || kept.some(({ id }) => id === event.id)) return;
    kept.push(event);
    if (event.id < (kept.at(-2)?.id ?? '')) kept.sort((one, other) => (one.id < other.id ? -1 : 1));
    if (kept.length > eventsShown) {
      kept.shift();
      this.#eventsOmitted += 1;
    }
    // Many events arrive together when the stream begins.
    this.#frame ||= requestAnimationFrame(() => this.#update());
  }

  async #scan() {
    if (this.#scanning) return;
    this.#scanning = true;
    this.#scanProblem = null;
    this.#update();
    try {
      this.#feed = (await call('POST', `migrations/${this.#id}/feed/scan`, {})).body;
      this.#reading.want();
    } catch (error) {
      this.#scanProblem = problemOf(error).problem ?? { detail: problemOf(error).message };
    }
    this.#scanning = false;
    if (!this.#signal.aborted) this.#update();
  }

  #place() {
    return {
      migration: this.#migration,
      provider: this.#provider,
      guard: {
        etag: () => this.#etag,
        sight: () => whatIsDecidedOn(this.#migration),
        refresh: () => this.#read(),
      },
      refresh: () => this.#read().catch(() => this.#reading.want()),
      leave: () => this.#shell.navigate('./'),
    };
  }

  #update() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const migration = this.#migration;
    if (migration === null || this.#signal.aborted) return;
    const { state } = migration;
    globalThis.document.title = `${nameOf(migration)}: ${inWords(state)} – Godwit`;
    render(
      html`<p><a href="./" data-view>All migrations</a></p>
        <h1 tabindex="-1">${nameOf(migration)} ${stateMark(state)}</h1>
        ${
          this.#gone
            ? html`<p class="note" data-kind="block" role="alert">The record has been deleted. This is its last state.</p>`
            : nothing
        }
        ${this.#standing()}
        <div class="detail">
         <div class="column">
          <section class="card" aria-labelledby="chain-title">
            <h2 id="chain-title">Backups</h2>
            ${timeline(migration, {
              all: this.#allBackups,
              showAll: () => {
                this.#allBackups = true;
                this.#update();
              },
              remove: (backup) => ask(removeBackup(backup, this.#place())),
              uploaded: (backup) => ask(markUploaded(backup, this.#place())),
              upload: (backup) =>
                ask(
                  askUploadTarget(backup, this.#place(), (target) => {
                    this.#upload = target;
                    this.#update();
                  }),
                ),
            })}
            ${this.#upload === null ? nothing : uploadTarget(this.#upload)}
          </section>
          <section class="card" aria-labelledby="events-title">
            <h2 id="events-title">Events</h2>
            ${eventLog(this.#events, this.#eventsOmitted, migration.backups)}
          </section>
         </div>
         <div class="column side">
          ${
            migration.feed
              ? feedSection(migration, this.#feed, {
                  scan: () => this.#scan(),
                  scanning: this.#scanning,
                  problem: this.#scanProblem,
                })
              : nothing
          }
          <section class="card" aria-labelledby="facts-title">
            <h2 id="facts-title">Details</h2>
            ${factsOf(migration, this.#provider)}
          </section>
          <section class="card" aria-labelledby="ids-title">
            <h2 id="ids-title">At the vendor</h2>
            ${vendorIds(migration)}
          </section>
         </div>
        </div>`,
      this.#main,
    );
  }

  /** The state, its reason and the actions, at the top of the page. */
  #standing() {
    const migration = this.#migration;
    const { state, blocking, warnings, error, createdAt, startedAt, finishedAt, target } = migration;
    const { value, counts, behind } = progressOf(migration);
    const ended = isTerminal(state) && finishedAt !== null;
    const { title = '', circuits = [], slowedOperations = [] } = this.#provider ?? {};
    const here = (/** @type {any} */ each) => each.account === migration.account && each.region === migration.region;
    const circuit = circuits.find(here);
    return html`<section class="card standing" aria-label="State" data-state=${state}>
      <p class="sentence">${standingOf(migration, this.#provider)}</p>
      ${progressBar(value, `${counts}`)}
      <p class="tiles">
        <span><strong>${counts}</strong></span>
        ${behind === null ? nothing : html`<span>${behind}</span>`}
        <span>
          ${
            ended
              ? `took ${between(startedAt ?? createdAt, finishedAt)}`
              : `under way for ${between(startedAt ?? createdAt, Date.now())}`
          }
        </span>
        <span>onto <span class="mono">${target.instanceId}</span></span>
      </p>
      ${
        circuit && circuit.state !== 'closed'
          ? html`<p class="note" data-kind="block">
              The vendor does not answer, so Godwit makes no
              calls${circuit.retryAt ? ` until ${new Date(circuit.retryAt).toLocaleTimeString()}` : ''}. Running restores continue.
            </p>`
          : nothing
      }
      ${ended ? nothing : slowedNotes(title, slowedOperations.filter(here))}
      ${error === null ? nothing : noteCard(error, 'fault')}
      ${blocking.map((/** @type {any} */ note) => noteCard(note, 'block'))}
      ${warnings.map((/** @type {any} */ note) => noteCard(note, 'warn'))} ${this.#buttons()}
    </section>`;
  }

  #buttons() {
    const { actions } = this.#migration;
    const possible = Object.entries(actionWords).filter(([action]) => actions.includes(action));
    return html`<div class="buttons" role="group" aria-label="Actions">
        ${Object.entries(actionWords).map(([action, { title, does, not }]) => {
          const may = actions.includes(action) && !this.#gone;
          return html`<button
            type="button"
            id="action-${action}"
            aria-disabled=${may ? 'false' : 'true'}
            title=${may ? does : not}
            data-weight=${weights[action] ?? nothing}
            @click=${() => (may ? ask(questionOf(action, this.#place())) : this.#shell.say(not))}
          >
            ${title}
          </button>`;
        })}
      </div>
      ${
        possible.length === 0
          ? html`<p class="quiet">No action is needed or possible now.</p>`
          : html`<ul class="quiet does">
              ${possible.map(([, { title, does }]) => html`<li><strong>${title}:</strong> ${does}</li>`)}
            </ul>`
      }`;
  }
}
