// @ts-check
import { ApiProblem, call, followEvents, rememberKey } from './api.js';
import { showCreation } from './create.js';
import { h } from './elements.js';
import { MigrationList } from './list.js';
import { MigrationPage } from './migration.js';

/** The board: a list, one migration, or a new one, by what stands in the URL; live through the event stream. */

const main = element('main');
/** @type {MigrationList | null} */
let list = null;
/** @type {MigrationPage | null} */
let page = null;

/** @param {string} id */
function element(id) {
  const found = globalThis.document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

async function show() {
  const query = new URLSearchParams(location.search);
  const id = query.get('id');
  list = null;
  page = null;
  try {
    if (id !== null) {
      page = new MigrationPage(main, id);
      await page.refresh();
    } else if (query.has('new')) await showCreation(main);
    else {
      list = new MigrationList();
      await list.show(main, query);
    }
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return askForKey();
    main.replaceChildren(
      h('p', { className: 'fault', role: 'alert' }, error instanceof Error ? error.message : String(error)),
      h('button', { type: 'button', onclick: show }, 'Try again'),
    );
  }
}

function askForKey() {
  const input = h('input', { id: 'key', type: 'password', autocomplete: 'off' });
  main.replaceChildren(
    h(
      'form',
      {
        className: 'card create',
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          rememberKey(input.value.trim());
          location.reload();
        },
      },
      h('h1', {}, 'A key is needed'),
      h('p', {}, 'An API key or a token. It stays in this tab and goes to this gateway alone.'),
      h('label', { className: 'field' }, 'Key', input),
      h('button', { type: 'submit' }, 'Use it'),
    ),
  );
  input.focus();
}

/** Ids that have changed; they are read together, so that a storm of events costs little. @type {Set<string>} */
const changed = new Set();
/** @type {ReturnType<typeof setTimeout> | null} */
let timer = null;

/** @param {string} id */
function readSoon(id) {
  changed.add(id);
  if (timer !== null) return;
  timer = setTimeout(async () => {
    timer = null;
    const ids = [...changed];
    changed.clear();
    if (page !== null && ids.includes(page.id)) await page.refresh();
    if (list === null) return;
    // Above so many one page tells more than the single ones.
    if (ids.length > 20) return void list.reload().catch(() => undefined);
    for (const each of ids) {
      const found = await call('GET', `migrations/${each}`).catch((error) => error);
      if (found instanceof ApiProblem && found.status === 404) list?.remove(each);
      else if (!(found instanceof Error)) list?.update(found.body);
    }
  }, 250);
}

globalThis.addEventListener('popstate', show);
globalThis.addEventListener('godwit-home', () => {
  history.pushState(null, '', './');
  void show();
});
globalThis.document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[data-view]') : null;
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState(null, '', link.getAttribute('href'));
  main.focus();
  void show();
});
element('key-button').addEventListener('click', askForKey);

const { body: door } = await call('GET', './').catch(() => ({ body: null }));
if (door !== null) {
  const mark = element('environment');
  mark.textContent = door.environment === 'sandbox' ? 'SANDBOX' : 'LIVE';
  mark.dataset.environment = door.environment;
  mark.hidden = false;
}
await show();
void followEvents({
  onEvent: ({ migrationId }) => readSoon(migrationId),
  onState: (state) => {
    element('connection').textContent = state === 'live' ? 'live' : 'the gateway does not answer; trying again';
  },
  onGap: () => void (page === null ? list?.reload().catch(() => undefined) : page.refresh()),
});
