// @ts-check
import { call } from './api.js';
import { ago, h, noteOf, stateMark } from './elements.js';

const states = [
  'pending',
  'restoring',
  'awaiting_backup',
  'cutting_over',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
];
const pageSize = 100;

/** The table of migrations, with filters that stand in the URL. */
export class MigrationList {
  /** @type {Map<string, any>} */
  #rows = new Map();
  /** @type {string | null} */
  #next = null;
  #query = new URLSearchParams();
  #body = h('tbody');
  #caption = h('caption');
  #more = h('button', { type: 'button', onclick: () => this.#loadMore() }, 'Show older ones');

  /** @param {HTMLElement} main @param {URLSearchParams} query */
  async show(main, query) {
    this.#query = filterOf(query);
    main.replaceChildren(
      this.#filters(),
      h(
        'table',
        { className: 'migrations' },
        this.#caption,
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ...['Migration', 'State', 'Target', 'Progress', 'What blocks it'].map((title) =>
              h('th', { scope: 'col' }, title),
            ),
          ),
        ),
        this.#body,
      ),
      h('p', {}, this.#more),
    );
    await this.reload();
  }

  /** Reads the first page again. */
  async reload() {
    const { body } = await call('GET', `migrations?${this.#pageQuery(null)}`);
    this.#rows = new Map(body.items.map((/** @type {any} */ each) => [each.id, each]));
    this.#next = body.nextPageToken;
    this.#body.replaceChildren(...body.items.map(rowOf));
    this.#tell();
  }

  /** Shows a migration as it is now, where it belongs into the list. @param {any} migration */
  update(migration) {
    const fits = [...this.#query].every(([name, value]) => fitsFilter(migration, name, value, this.#query));
    const old = this.#body.querySelector(`#row-${migration.id}`);
    if (!fits) {
      old?.remove();
      this.#rows.delete(migration.id);
    } else {
      const row = rowOf(migration);
      if (old !== null) old.replaceWith(row);
      else this.#body.prepend(row);
      this.#rows.set(migration.id, migration);
    }
    this.#tell();
  }

  /** @param {string} id */
  remove(id) {
    this.#body.querySelector(`#row-${id}`)?.remove();
    this.#rows.delete(id);
    this.#tell();
  }

  async #loadMore() {
    const { body } = await call('GET', `migrations?${this.#pageQuery(this.#next)}`);
    for (const migration of body.items) {
      if (this.#rows.has(migration.id)) continue;
      this.#rows.set(migration.id, migration);
      this.#body.append(rowOf(migration));
    }
    this.#next = body.nextPageToken;
    this.#tell();
  }

  #tell() {
    const count = this.#rows.size;
    this.#caption.textContent = `${count}${this.#next === null ? '' : ' newest'} ${count === 1 ? 'migration' : 'migrations'}`;
    this.#more.hidden = this.#next === null;
  }

  /** @param {string | null} token */
  #pageQuery(token) {
    const query = new URLSearchParams(this.#query);
    query.set('pageSize', String(pageSize));
    if (token !== null) query.set('pageToken', token);
    return query;
  }

  #filters() {
    const query = this.#query;
    /** @param {Event} event */
    const apply = (event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.currentTarget);
      const wanted = [...new FormData(form)]
        .filter(([, value]) => value !== '')
        .map(([name, value]) => [name, String(value)]);
      history.pushState(null, '', `?${new URLSearchParams(wanted)}`);
      globalThis.dispatchEvent(new PopStateEvent('popstate'));
    };
    const text = (/** @type {string} */ name, /** @type {string} */ title) =>
      h('label', {}, title, h('input', { name, value: query.get(name) ?? '', autocomplete: 'off' }));
    return h(
      'form',
      { className: 'filters', onsubmit: apply, onchange: (/** @type {Event} */ event) => apply(event) },
      h(
        'label',
        {},
        'State',
        h(
          'select',
          { name: 'state' },
          ...['', ...states].map((state) =>
            h(
              'option',
              { value: state, selected: query.get('state') === state },
              state === '' ? 'any' : state.replaceAll('_', ' '),
            ),
          ),
        ),
      ),
      h(
        'label',
        {},
        'Provider',
        h(
          'select',
          { name: 'provider' },
          ...['', 'alibaba', 'huawei', 'tencent'].map((id) =>
            h('option', { value: id, selected: query.get('provider') === id }, id === '' ? 'any' : id),
          ),
        ),
      ),
      text('account', 'Account'),
      text('instanceId', 'Instance'),
      text('name', 'Name'),
      h('button', { type: 'submit' }, 'Filter'),
    );
  }
}

/** @param {URLSearchParams} query */
function filterOf(query) {
  const known = ['state', 'provider', 'account', 'instanceId', 'name', 'region'];
  return new URLSearchParams(
    [...query].filter(([name, value]) => value !== '' && (known.includes(name) || name.startsWith('label.'))),
  );
}

/** @param {any} migration @param {string} name @param {string} value @param {URLSearchParams} query */
function fitsFilter(migration, name, value, query) {
  if (name === 'state') return query.getAll('state').includes(migration.state);
  if (name === 'instanceId') return migration.target.instanceId === value;
  if (name.startsWith('label.')) return migration.labels[name.slice('label.'.length)] === value;
  return migration[name] === value;
}

/** How far it is: percent, backups, and how old the newest restored backup is. @param {any} migration */
export function progressOf(migration) {
  const { progress, backups, state, finishedAt } = migration;
  const { percent, backupsTotal, backupsRestored } = progress;
  const waiting = backups.filter((/** @type {any} */ { state }) => ['queued', 'submitting'].includes(state)).length;
  const value = percent ?? (backupsTotal === 0 ? 0 : Math.round((100 * backupsRestored) / backupsTotal));
  const newest = backups.findLast((/** @type {any} */ backup) => backup.state === 'restored');
  const moment = newest?.header?.finishedAt ?? newest?.finishedAt;
  const behind = finishedAt === null && moment ? `behind the source by at least ${ago(moment, Date.now())}` : '';
  return [
    state === 'succeeded' ? null : h('progress', { max: 100, value, 'aria-label': `${value} %` }),
    h(
      'div',
      { className: 'quiet' },
      `${backupsRestored} of ${backupsTotal} restored${waiting > 0 ? `, ${waiting} waiting` : ''}${percent === null ? '' : `, ${percent} %`}`,
    ),
    behind === '' ? null : h('div', { className: 'quiet' }, behind),
  ];
}

/** @param {any} migration */
function rowOf(migration) {
  const { id, name, provider, account, state, target, blocking, warnings, error } = migration;
  const databases = (target.databases ?? []).map((/** @type {any} */ each) => each.restoreAs ?? each.name).join(', ');
  return h(
    'tr',
    { id: `row-${id}` },
    h(
      'td',
      {},
      h('a', { href: `?id=${id}`, 'data-view': '' }, name ?? databases ?? id),
      h('div', { className: 'quiet' }, id),
    ),
    h('td', {}, stateMark(state)),
    h(
      'td',
      {},
      `${databases || 'whatever the backup holds'} → ${target.instanceId}`,
      h('div', { className: 'quiet' }, `${provider}, ${account}`),
    ),
    h('td', {}, ...progressOf(migration)),
    h(
      'td',
      {},
      error === null ? null : noteOf(error, 'fault'),
      ...blocking.map((/** @type {any} */ note) => noteOf(note, 'note')),
      warnings.length === 0
        ? null
        : h('div', { className: 'quiet' }, `${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}`),
    ),
  );
}
