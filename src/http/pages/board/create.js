// @ts-check
import { call, curlOf } from './api.js';
import { h, noteOf } from './elements.js';

/** The form for a new migration, with the dry run’s plan beside it. @param {HTMLElement} main */
export async function showCreation(main) {
  const { body: accounts } = await call('GET', 'accounts');
  const idempotencyKey = crypto.randomUUID();
  const field = (/** @type {string} */ id, /** @type {string} */ title, properties = {}) =>
    h('input', { id, name: id, autocomplete: 'off', 'aria-label': title, ...properties });
  const account = h(
    'select',
    { id: 'account' },
    ...accounts.items.map((/** @type {any} */ each) =>
      h('option', { value: each.name }, `${each.name} (${each.provider}, ${each.region})`),
    ),
  );
  const mode = h(
    'select',
    { id: 'mode' },
    h('option', { value: 'full' }, 'full: one restore, then online'),
    h('option', { value: 'full_log' }, 'full and logs'),
    h('option', { value: 'full_differential' }, 'full and differentials'),
  );
  const inputs = {
    name: field('name', 'Name'),
    instance: field('instanceId', 'Instance', { required: true }),
    database: field('database', 'Database in the backup'),
    restoreAs: field('restoreAs', 'Name on the target'),
    bucket: field('bucket', 'Bucket', { required: true }),
    keys: h('textarea', { id: 'keys', rows: 2, required: true, 'aria-label': 'Keys' }),
  };
  const plan = h(
    'div',
    { role: 'status' },
    h(
      'p',
      { className: 'quiet' },
      'Fill in the form: the calls to the vendor appear here. Nothing is sent before you say so.',
    ),
  );
  const said = h('div', { role: 'alert' });
  const send = h('button', { type: 'submit', disabled: true }, 'Start the migration');

  const body = () => {
    const chosen = accounts.items.find((/** @type {any} */ each) => each.name === account.value);
    const database = inputs.database.value.trim();
    const restoreAs = inputs.restoreAs.value.trim();
    return {
      provider: chosen?.provider,
      account: chosen?.name,
      ...(inputs.name.value.trim() !== '' && { name: inputs.name.value.trim() }),
      mode: mode.value,
      target: {
        instanceId: inputs.instance.value.trim(),
        ...(database !== '' && { databases: [{ name: database, ...(restoreAs !== '' && { restoreAs }) }] }),
      },
      source: {
        type: 'object_storage',
        bucket: inputs.bucket.value.trim(),
        keys: inputs.keys.value
          .split('\n')
          .map((/** @type {string} */ key) => key.trim())
          .filter(Boolean),
      },
    };
  };

  let asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const tryOut = async () => {
    const turn = ++asked;
    send.disabled = true;
    if (inputs.instance.value === '' || inputs.bucket.value === '' || inputs.keys.value === '') return;
    const dryRun = await call('POST', 'migrations/dry-run', body()).then(({ body }) => body, problemAsDryRun);
    if (turn !== asked) return;
    send.disabled = !dryRun.valid;
    plan.replaceChildren(
      ...dryRun.problems.map((/** @type {any} */ each) =>
        h('p', { className: 'fault' }, each.pointer ? h('code', {}, each.pointer) : null, ` ${each.detail}`),
      ),
      ...(dryRun.notes ?? []).map((/** @type {any} */ note) => noteOf(note, 'note')),
      h(
        'ol',
        {},
        ...dryRun.plan.map((/** @type {any} */ each) =>
          h(
            'li',
            {},
            h('strong', {}, each.operation),
            h('div', { className: 'quiet' }, `${each.method} ${each.url}`),
            h('pre', {}, JSON.stringify(each.parameters, null, 2)),
          ),
        ),
      ),
      h(
        'details',
        {},
        h('summary', {}, 'The same from a terminal'),
        h('pre', {}, curlOf('POST', 'migrations', body(), { 'idempotency-key': idempotencyKey })),
      ),
    );
  };

  const labelled = (/** @type {string} */ title, /** @type {any} */ input) =>
    h('label', { className: 'field' }, title, input);
  main.replaceChildren(
    h('p', {}, h('a', { href: './', 'data-view': '' }, 'All migrations')),
    h('h1', {}, 'New migration'),
    h(
      'div',
      { className: 'columns' },
      h(
        'form',
        {
          className: 'card create',
          oninput: () => {
            clearTimeout(timer);
            timer = setTimeout(tryOut, 300);
          },
          onsubmit: async (/** @type {Event} */ event) => {
            event.preventDefault();
            send.disabled = true;
            said.replaceChildren();
            try {
              const { body: created } = await call('POST', 'migrations', body(), { 'idempotency-key': idempotencyKey });
              history.pushState(null, '', `?id=${created.id}`);
              globalThis.dispatchEvent(new PopStateEvent('popstate'));
            } catch (error) {
              said.replaceChildren(
                h('p', { className: 'fault' }, error instanceof Error ? error.message : String(error)),
              );
              send.disabled = false;
            }
          },
        },
        labelled('Account', account),
        labelled('Mode', mode),
        labelled('Name (optional)', inputs.name),
        labelled('Instance', inputs.instance),
        labelled('Database in the backup', inputs.database),
        labelled('Name on the target (optional)', inputs.restoreAs),
        labelled('Bucket', inputs.bucket),
        labelled('Keys of the full backup, one a line', inputs.keys),
        said,
        send,
      ),
      h('section', { className: 'card' }, h('h2', {}, 'What would happen'), plan),
    ),
  );
}

/** @param {any} error */
function problemAsDryRun(error) {
  const { problem } = error;
  return { valid: false, problems: problem?.errors ?? [{ detail: error.message }], notes: [], plan: [] };
}
