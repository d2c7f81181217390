// @ts-check
import { call, problemOf } from './api.js';
import { isTerminal, vocabulary } from './catalogue.js';
import { repeat } from './directives/repeat.js';
import { chosenFilters, filterOf, hrefOf, labelsIn, textFilters } from './filters.js';
import { html, nothing, render } from './lit-html.js';
import { follow, Rereader } from './live.js';
import { agoOf, curlBox, progressBar, prose, stateMark } from './parts.js';
import { pausedNote, slowedNotes } from './vendor-notes.js';
import { between, counted, databasesOf, inWords, nameOf, progressOf, titled } from './words.js';

/** Migrations per page, which bounds the size of the document. */
const pageSize = 50;
/** Minimum interval between two reads, however many events arrive, in milliseconds. */
const gapMs = 1000;
/** Interval of reading the circuits and slowed operations of the vendors, in milliseconds. */
const vendorsMs = 25_000;

/**
 * The frame around a view.
 * @typedef {object} Shell
 * @property {(words: string) => void} say Announces words to screen readers.
 * @property {(state: 'live' | 'reading' | 'away' | 'refused') => void} state Shows the state of the event stream.
 * @property {(to: string) => void} navigate Shows another view.
 */

/** The table of migrations, newest first. The query of the URL contains its filters. */
export class ListPage {
  title = 'Migrations';
  #main;
  #signal;
  #shell;
  #query;
  /** @type {any[]} */
  #items = [];
  /** @type {string | null} */
  #next = null;
  /** @type {any[]} */
  #providers = [];
  /** The providers with their circuits and slowed operations. @type {any[]} */
  #called = [];
  /** @type {any} */
  #problem = null;
  #loaded = false;

  /** @param {HTMLElement} main @param {AbortSignal} signal @param {Shell} shell @param {URLSearchParams} query */
  constructor(main, signal, shell, query) {
    this.#main = main;
    this.#signal = signal;
    this.#shell = shell;
    this.#query = filterOf(query);
  }

  async start() {
    const reading = new Rereader(() => this.#read(), gapMs, this.#signal);
    const vendors = new Rereader(() => this.#readVendors(), vendorsMs, this.#signal);
    this.#providers = (await call('GET', 'providers')).body.items;
    await this.#read();
    void follow(
      'migrations/events',
      {
        onEvent: (event) => this.#concerns(event) && reading.want(),
        onRead: () => {
          reading.want();
          vendors.want();
        },
        onState: this.#shell.state,
        rereadMs: 10_000,
      },
      this.#signal,
    );
  }

  /** Whether an event may change the shown rows. @param {any} event */
  #concerns({ migrationId, type }) {
    if (this.#items.some(({ id }) => id === migrationId)) return true;
    if (type === 'migration.created') return !this.#query.has('pageToken');
    return type === 'migration.state_changed' && this.#query.has('state');
  }

  async #read() {
    try {
      const { body } = await call('GET', this.#path());
      if (this.#signal.aborted) return;
      this.#announce(body.items);
      this.#items = body.items;
      this.#next = body.nextPageToken;
      this.#problem = null;
    } catch (error) {
      // The rows of the last read remain; the stream shows whether the gateway answers.
      if (!this.#loaded || problemOf(error).status === 401) throw error;
      if (problemOf(error).status === 400) this.#problem = problemOf(error).problem;
      throw error;
    } finally {
      if (!this.#signal.aborted) this.#update();
    }
    this.#loaded = true;
  }

  async #readVendors() {
    const read = await Promise.all(
      this.#providers.map(({ id }) =>
        call('GET', `providers/${id}`).then(
          ({ body }) => body,
          () => null,
        ),
      ),
    );
    this.#called = read.filter((provider) => provider !== null);
    if (!this.#signal.aborted) this.#update();
  }

  /** Announces the new states of shown migrations in one sentence. @param {any[]} items */
  #announce(items) {
    const before = new Map(this.#items.map(({ id, state }) => [id, state]));
    const moved = items.filter(({ id, state }) => before.has(id) && before.get(id) !== state);
    if (moved.length === 0) return;
    this.#shell.say(
      moved.length > 3
        ? `${moved.length} migrations have changed their state.`
        : moved.map((each) => `${nameOf(each)}: ${inWords(each.state)}.`).join(' '),
    );
  }

  #path() {
    const query = new URLSearchParams(this.#query);
    query.set('pageSize', String(pageSize));
    return `migrations?${query}`;
  }

  #update() {
    const query = this.#query;
    const place = query.has('pageToken');
    const count = this.#items.length;
    const which = `${counted(count, 'migration')}${place ? ' on this page' : this.#next === null ? '' : ', the newest'}`;
    render(
      html`<div class="top">
          <h1 tabindex="-1">Migrations</h1>
          <a class="button" data-weight="main" href="?new" data-view>New migration</a>
        </div>
        ${this.#called.flatMap(notesOf)} ${this.#filters()}
        ${
          this.#problem === null
            ? nothing
            : html`<p class="note" data-kind="fault" role="alert">
                ${prose(this.#problem.detail)} <a href="./" data-view>All migrations</a>
              </p>`
        }
        <table class="migrations" role="table">
          <caption>
            ${which}
          </caption>
          <thead role="rowgroup">
            <tr role="row">
              ${['Migration', 'State', 'Target', 'Progress', 'What blocks it'].map(
                (title) => html`<th scope="col" role="columnheader">${title}</th>`,
              )}
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${repeat(
              this.#items,
              ({ id }) => id,
              (migration) => rowOf(migration, this.#providers),
            )}
          </tbody>
        </table>
        ${count === 0 && this.#loaded ? this.#empty() : nothing}
        <nav class="pages" aria-label="Pages">
          ${place ? html`<a class="button" href=${hrefOf(query, null)} data-view>Newest</a>` : nothing}
          ${this.#next === null ? nothing : html`<a class="button" href=${hrefOf(query, this.#next)} data-view>Older</a>`}
        </nav>
        ${curlBox({ method: 'GET', path: this.#path() }, 'This list from a terminal')}`,
      this.#main,
    );
  }

  #empty() {
    const filtered = [...this.#query.keys()].length > 0;
    return html`<p class="empty">
      ${
        filtered
          ? html`No migration matches the filters. <a href="./" data-view>All migrations</a>`
          : html`There are no migrations yet. <a href="?new" data-view>Start the first migration</a>`
      }
    </p>`;
  }

  #filters() {
    const query = this.#query;
    const states = query.getAll('state');
    /** @param {Event} event */
    const apply = (event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.currentTarget);
      this.#shell.navigate(`?${chosenFilters(new FormData(form), query)}`);
    };
    const more = [...query.keys()].filter((name) => !['state', 'pageToken', 'provider'].includes(name));
    return html`<form class="filters" role="search" aria-label="Migrations" @submit=${apply} @change=${apply}>
      <fieldset>
        <legend>State</legend>
        ${vocabulary.states.map(
          (state) => html`<label class="chip"
            ><input type="checkbox" name="state" id="state-${state}" value=${state} ?checked=${states.includes(state)} />
            ${titled(state)}</label
          >`,
        )}
      </fieldset>
      <label class="field"
        >Provider
        <select name="provider" id="filter-provider">
          <option value="">any</option>
          ${this.#providers.map(
            ({ id }) => html`<option value=${id} ?selected=${query.get('provider') === id}>${id}</option>`,
          )}
        </select>
      </label>
      <details ?open=${more.length > 0}>
        <summary>More filters${more.length > 0 ? ` (${more.length})` : ''}</summary>
        <div class="row">
          ${textFilters.map(
            ([name, title]) => html`<label class="field"
              >${title} <input name=${name} id="filter-${name}" value=${query.get(name) ?? ''} autocomplete="off" spellcheck="false"
            /></label>`,
          )}
          <button type="submit">Filter</button>
        </div>
        ${labelsIn(query).map(([name, value]) => html`<p class="quiet">and <code>${name}=${value}</code></p>`)}
      </details>
    </form>`;
  }
}

/** Notes on calls to a vendor that are paused or slowed down. @param {any} provider */
function notesOf({ title, circuits = [], slowedOperations = [] }) {
  return [
    ...circuits
      .filter((/** @type {any} */ { state }) => state !== 'closed')
      .map((/** @type {any} */ circuit) => pausedNote({ ...circuit, title })),
    ...slowedNotes(title, slowedOperations),
  ];
}

/** @param {any} migration @param {any[]} providers */
function rowOf(migration, providers) {
  const { id, provider, account, state, target, blocking, warnings, error, createdAt, startedAt, finishedAt } =
    migration;
  const { value, counts, behind } = progressOf(migration);
  const vendor = providers.find((each) => each.id === provider)?.title ?? provider;
  const attention = state === 'failed' ? 'fault' : blocking.length > 0 ? 'block' : nothing;
  const [first, ...others] = [...(error === null ? [] : [{ ...error, fault: true }]), ...blocking];
  return html`<tr id="row-${id}" role="row" data-attention=${attention}>
    <td role="cell">
      <a class="title" href="?id=${id}" data-view>${nameOf(migration)}</a>
      <div class="quiet mono id">${id}</div>
    </td>
    <td role="cell">
      ${stateMark(state)}
      <div class="quiet">
        ${
          isTerminal(state) && finishedAt
            ? html`ended ${agoOf(finishedAt)}, took ${between(startedAt ?? createdAt, finishedAt)}`
            : `for ${between(startedAt ?? createdAt, Date.now())}`
        }
      </div>
    </td>
    <td role="cell">
      <div>${databasesOf(migration) || 'whatever the backup holds'}</div>
      <div class="mono">${target.instanceId}</div>
      <div class="quiet" title=${vendor}>${titled(provider)}, ${account}</div>
    </td>
    <td role="cell">
      ${isTerminal(state) ? nothing : progressBar(value, `${nameOf(migration)}: ${counts}`)}
      <div class="quiet">${counts}</div>
      ${behind === null ? nothing : html`<div class="quiet">${behind}</div>`}
    </td>
    <td role="cell">
      ${first === undefined ? nothing : shortNote(first)}
      ${others.length === 0 ? nothing : html`<div class="quiet">and ${counted(others.length, 'more reason')}</div>`}
      ${warnings.length === 0 ? nothing : html`<div class="quiet">${counted(warnings.length, 'warning')}</div>`}
    </td>
  </tr>`;
}

/** A note in a row: its code in words, and the vendor’s own words. @param {any} note */
function shortNote({ code, detail, provider, fault }) {
  const words = provider && [provider.code, provider.message].filter(Boolean).join(': ');
  return html`<div class="short" data-kind=${fault ? 'fault' : 'block'}><strong>${titled(code)}.</strong> ${prose(detail)}</div>
    ${words ? html`<div class="short quiet">${titled(provider.name)}: “${words}”</div>` : nothing}`;
}
