// @ts-check
import { ApiProblem, call, curlOf } from './api.js';
import { h, noteOf, sourceInWords, stateMark, timeOf } from './elements.js';
import { progressOf } from './list.js';

const titles = {
  add_backup: 'Add a backup',
  cut_over: 'Cut over',
  cancel: 'Cancel',
  retry: 'Try again',
  delete: 'Forget',
};

/** The page of one migration. */
export class MigrationPage {
  id;
  #etag = '';
  #main;
  /** @type {any} */
  #migration = null;
  #reading = Promise.resolve();

  /** @param {HTMLElement} main @param {string} id */
  constructor(main, id) {
    this.#main = main;
    this.id = id;
  }

  /** Reads it again; readings come one after the other. */
  refresh() {
    this.#reading = this.#reading.then(() => this.#read()).catch((error) => this.#fail(error));
    return this.#reading;
  }

  async #read() {
    const [{ body, etag }, events] = await Promise.all([
      call('GET', `migrations/${this.id}`),
      call('GET', `migrations/${this.id}/events?pageSize=200`),
    ]);
    const feed = body.feed ? await call('GET', `migrations/${this.id}/feed`).catch(() => null) : null;
    this.#migration = body;
    this.#etag = etag ?? '';
    this.#render(events.body.items, feed?.body.items ?? []);
  }

  /** @param {any} error */
  #fail(error) {
    this.#main.replaceChildren(
      h('p', { className: 'fault', role: 'alert' }, error instanceof Error ? error.message : String(error)),
      h('p', {}, h('a', { href: './', 'data-view': '' }, 'All migrations')),
    );
  }

  /** @param {any[]} events @param {any[]} feed */
  #render(events, feed) {
    const migration = this.#migration;
    const focused = globalThis.document.activeElement?.id;
    this.#main.replaceChildren(
      h('p', {}, h('a', { href: './', 'data-view': '' }, 'All migrations')),
      h('h1', {}, migration.name ?? migration.id, ' ', stateMark(migration.state)),
      h(
        'div',
        { role: 'status' },
        migration.error === null ? null : noteOf(migration.error, 'fault'),
        ...migration.blocking.map((/** @type {any} */ note) => noteOf(note, 'note')),
        ...migration.warnings.map((/** @type {any} */ note) => noteOf(note, 'note')),
      ),
      h(
        'div',
        { className: 'actions' },
        ...Object.keys(titles).map((action) => this.#button(/** @type {keyof typeof titles} */ (action))),
      ),
      h(
        'div',
        { className: 'columns' },
        h(
          'section',
          { className: 'card' },
          h('h2', {}, 'Backups'),
          ...progressOf(migration),
          h('ol', { className: 'timeline' }, ...migration.backups.map(backupItem)),
        ),
        h('section', { className: 'card' }, h('h2', {}, 'What it is'), factsOf(migration)),
        feed.length === 0
          ? null
          : h(
              'section',
              { className: 'card' },
              h('h2', {}, 'The watched folder'),
              h('ol', { className: 'timeline' }, ...feed.map(feedItem)),
            ),
        h(
          'section',
          { className: 'card' },
          h('h2', {}, 'Events'),
          h('ol', { className: 'timeline', reversed: true }, ...events.toReversed().map(eventItem)),
        ),
      ),
    );
    if (focused) globalThis.document.getElementById(focused)?.focus();
  }

  /** @param {keyof typeof titles} action */
  #button(action) {
    const possible = this.#migration.actions.includes(action);
    return h(
      'button',
      {
        type: 'button',
        id: `action-${action}`,
        disabled: !possible,
        'data-weight': ['cut_over', 'cancel', 'delete'].includes(action) ? 'danger' : undefined,
        onclick: () => this.#ask(action),
      },
      titles[action],
    );
  }

  /** @param {keyof typeof titles} action */
  #ask(action) {
    const { id, target, provider, mode, source } = this.#migration;
    const typed = ['cut_over', 'cancel'].includes(action);
    const idempotencyKey = crypto.randomUUID();
    /** @type {Record<string, string>} */
    const headers = action === 'add_backup' ? {} : { 'if-match': this.#etag };
    let decidedOn = whatIsDecidedOn(this.#migration);
    const path = { add_backup: 'backups', cut_over: 'cutover', cancel: 'cancel', retry: 'retry', delete: '' }[action];
    const at = `migrations/${id}${path === '' ? '' : `/${path}`}`;
    const method = action === 'delete' ? 'DELETE' : 'POST';
    const instance = h('input', { id: 'instance', autocomplete: 'off', required: true });
    const key = h('input', { id: 'backup-key', required: true, autocomplete: 'off' });
    const bucket = h('input', {
      id: 'backup-bucket',
      required: true,
      value: source?.bucket ?? '',
      autocomplete: 'off',
    });
    const type = h(
      'select',
      { id: 'backup-type' },
      ...(mode === 'full_differential'
        ? ['differential']
        : provider === 'alibaba'
          ? ['log', 'differential']
          : ['log']
      ).map((each) => h('option', {}, each)),
    );
    const final = h('input', { id: 'backup-final', type: 'checkbox' });
    const backup = action === 'add_backup';
    const body = () =>
      backup
        ? {
            type: type.value,
            source: { type: 'object_storage', bucket: bucket.value, keys: [key.value] },
            final: final.checked,
          }
        : action === 'delete'
          ? undefined
          : {};
    const curl = h('pre');
    const said = h('p', { className: 'fault', role: 'alert', hidden: true });
    const send = h(
      'button',
      { type: 'submit', 'data-weight': typed ? 'danger' : undefined, disabled: typed },
      titles[action],
    );
    /** Looking at the vendor changes the entity tag too: only what a person has decided on must be the same. */
    const sendIt = async () => {
      for (let left = 5; ; left -= 1) {
        try {
          const more = method === 'POST' ? { 'idempotency-key': idempotencyKey } : {};
          return await call(method, at, body(), { ...headers, ...more });
        } catch (error) {
          if (!(error instanceof ApiProblem) || error.status !== 412) throw error;
          await this.refresh();
          headers['if-match'] = this.#etag;
          if (left === 0 || whatIsDecidedOn(this.#migration) !== decidedOn) throw error;
        }
      }
    };
    const show = () => {
      curl.textContent = curlOf(method, at, body(), headers);
      send.disabled = typed && instance.value !== target.instanceId;
    };
    const dialog = h(
      'dialog',
      { 'aria-labelledby': 'dialog-title', onclose: () => dialog.remove() },
      h(
        'form',
        {
          oninput: show,
          onsubmit: async (/** @type {Event} */ event) => {
            event.preventDefault();
            send.disabled = true;
            try {
              await sendIt();
              dialog.close();
              if (action === 'delete') globalThis.dispatchEvent(new CustomEvent('godwit-home'));
              else await this.refresh();
            } catch (error) {
              said.hidden = false;
              said.textContent = error instanceof Error ? error.message : String(error);
              if (error instanceof ApiProblem && error.status === 412) {
                decidedOn = whatIsDecidedOn(this.#migration);
                said.textContent += ' It was read again: look at it, then decide once more.';
              }
              show();
            }
          },
        },
        h('h2', { id: 'dialog-title' }, titles[action]),
        typed
          ? h(
              'p',
              {},
              action === 'cut_over'
                ? 'The chain ends and the database comes online. This cannot be undone.'
                : 'The restore ends where it is.',
            )
          : null,
        typed
          ? h('label', { className: 'field' }, `Type the id of the instance, ${target.instanceId}`, instance)
          : null,
        backup ? h('label', { className: 'field' }, 'Kind', type) : null,
        backup ? h('label', { className: 'field' }, 'Bucket', bucket) : null,
        backup ? h('label', { className: 'field' }, 'Key of the file', key) : null,
        backup ? h('label', {}, final, ' The last one: the database comes online after it') : null,
        said,
        h('details', {}, h('summary', {}, 'The same from a terminal'), curl),
        h(
          'div',
          { className: 'actions' },
          send,
          h('button', { type: 'button', onclick: () => dialog.close() }, 'Back'),
        ),
      ),
    );
    show();
    globalThis.document.getElementById('dialogs')?.append(dialog);
    dialog.showModal();
  }
}

/** What a person sees before a decision, without what changes by mere looking. @param {any} migration */
function whatIsDecidedOn({ state, actions, blocking, backups }) {
  const codes = blocking.map((/** @type {any} */ { code }) => code);
  return JSON.stringify([state, actions, codes, backups.map((/** @type {any} */ each) => [each.id, each.state])]);
}

/** @param {any} backup */
function backupItem(backup) {
  const { type, state, final, source, header, providerStatus, submittedAt, finishedAt, error } = backup;
  return h(
    'li',
    {},
    h('strong', {}, `${type}${final ? ', the last' : ''} `),
    stateMark(state),
    h('div', {}, sourceInWords(source)),
    header
      ? h(
          'div',
          { className: 'quiet' },
          `LSN ${header.firstLsn ?? '?'} to ${header.lastLsn ?? '?'}${header.finishedAt ? `, taken ${header.finishedAt}` : ''}`,
        )
      : null,
    h(
      'div',
      { className: 'quiet' },
      'sent ',
      timeOf(submittedAt),
      ', ended ',
      timeOf(finishedAt),
      providerStatus ? `, vendor: ${providerStatus}` : '',
    ),
    error === null ? null : noteOf(error, 'fault'),
  );
}

/** @param {any} file */
function feedItem({ key, verdict, reason }) {
  return h('li', {}, h('strong', {}, `${verdict} `), key, reason ? h('div', { className: 'quiet' }, reason) : null);
}

/** @param {any} event */
function eventItem({ type, at, data }) {
  const words = Object.entries(data)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  return h(
    'li',
    {},
    h('strong', {}, type.replaceAll(/[._]/g, ' ')),
    h('div', { className: 'quiet' }, timeOf(at), words === '' ? '' : `: ${words}`),
  );
}

/** @param {any} migration */
function factsOf(migration) {
  const {
    id,
    provider,
    account,
    region,
    mode,
    target,
    labels,
    providerStatus,
    providerRefs,
    createdBy,
    createdAt,
    startedAt,
    finishedAt,
    observedAt,
  } = migration;
  const databases = (target.databases ?? []).map((/** @type {any} */ { name, restoreAs }) =>
    restoreAs ? `${name} as ${restoreAs}` : name,
  );
  const facts = {
    Id: id,
    Where: `${provider}, ${account}, ${region}`,
    Instance: target.instanceId,
    Databases: databases.join(', ') || 'whatever the backup holds',
    Mode: mode,
    Labels: Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(', '),
    'Vendor says': providerStatus,
    'Vendor’s ids': Object.entries(providerRefs)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
    'Asked for by': createdBy,
    Stored: timeOf(createdAt),
    Accepted: timeOf(startedAt),
    Ended: timeOf(finishedAt),
    'Looked at': timeOf(observedAt),
  };
  return h(
    'dl',
    {},
    ...Object.entries(facts).flatMap(([name, value]) => (value ? [h('dt', {}, name), h('dd', {}, value)] : [])),
  );
}
