// @ts-check
import { ApiProblem, call, rememberKey } from './api.js';
import { loadVocabulary } from './catalogue.js';
import { CreatePage } from './create.js';
import { ListPage } from './list.js';
import { html, render } from './lit-html.js';
import { MigrationPage } from './migration.js';
import { problemCard } from './parts.js';

/** The board: the query of the URL selects a list, one migration, or the form for a new one. The event stream keeps it current. */

/** Ends the present view when another one is shown. */
let showing = new AbortController();
let shownSearch = '';

const connectionWords = {
  live: 'Live',
  reading: 'Read again every few seconds',
  away: 'The gateway does not answer; trying again',
  refused: 'Not live: the key is not accepted',
};

/** @param {string} id */
function element(id) {
  const found = globalThis.document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/** A new element for each view, so that nothing of the previous view remains. */
function newView() {
  const view = globalThis.document.createElement('div');
  view.className = 'view';
  return view;
}

const shell = {
  /** Announces words to screen readers; they are not visible. @param {string} words */
  say(words) {
    element('said').textContent = words;
  },
  /** @param {keyof typeof connectionWords} state */
  state(state) {
    const mark = element('connection');
    if (mark.dataset.state === state) return;
    mark.dataset.state = state;
    mark.textContent = connectionWords[state];
  },
  /** @param {string} to */
  navigate(to) {
    history.pushState(null, '', to);
    void show(true);
  },
};

/** @param {boolean} moved Whether the person came from another view: then the focus moves to the new one. */
async function show(moved) {
  showing.abort();
  showing = new AbortController();
  const { signal } = showing;
  shownSearch = location.search;
  const query = new URLSearchParams(location.search);
  const id = query.get('id');
  const view = newView();
  // If a filter or a link had the focus, the element with the same id in the new view gets it.
  const focused = globalThis.document.activeElement?.id;
  const page =
    id !== null
      ? new MigrationPage(view, signal, shell, id)
      : query.has('new')
        ? new CreatePage(view, signal, shell.navigate)
        : new ListPage(view, signal, shell, query);
  globalThis.document.title = `${page.title} – Godwit`;
  try {
    await page.start();
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof ApiProblem && error.status === 401) return askForKey();
    tellFailure(view, error);
    // A restarting gateway answers again soon.
    if (mayPass(error)) setTimeout(() => signal.aborted || show(false), 3000);
  }
  if (signal.aborted) return;
  element('main').replaceChildren(view);
  if (!moved) return;
  scrollTo(0, 0);
  const again = focused ? globalThis.document.getElementById(focused) : null;
  /** @type {HTMLElement | null} */ (again ?? view.querySelector('h1'))?.focus();
}

/** @param {unknown} error */
function mayPass(error) {
  return !(error instanceof ApiProblem) || error.status >= 500 || error.status === 429;
}

/** @param {HTMLElement} view @param {unknown} error */
function tellFailure(view, error) {
  const problem = error instanceof ApiProblem ? error.problem : null;
  const detail = 'The gateway does not answer.';
  render(
    html`<p><a href="./" data-view>All migrations</a></p>
      <h1 tabindex="-1">That cannot be shown</h1>
      <div role="alert">${problemCard(problem ?? { title: 'No answer', detail })}</div>
      <button type="button" @click=${() => location.reload()}>Try again</button>`,
    view,
  );
}

function askForKey() {
  showing.abort();
  globalThis.document.title = 'Key – Godwit';
  const view = newView();
  const use = (/** @type {Event} */ event) => {
    event.preventDefault();
    const input = /** @type {HTMLInputElement} */ (view.querySelector('#key'));
    rememberKey(input.value.trim());
    location.reload();
  };
  render(
    html`<form class="card key" @submit=${use}>
      <h1 tabindex="-1">A key is needed</h1>
      <p>An API key or a token. It stays in this tab and is sent only to this gateway.</p>
      <div class="field">
        <label for="key">Key</label>
        <input id="key" type="password" autocomplete="off" />
      </div>
      <div class="buttons"><button type="submit" data-weight="main">Use it</button></div>
    </form>`,
    view,
  );
  element('main').replaceChildren(view);
  /** @type {HTMLElement | null} */ (view.querySelector('#key'))?.focus();
}

globalThis.addEventListener('popstate', () => {
  // A jump within the page, such as to its content, changes only the fragment.
  if (location.search !== shownSearch) void show(true);
});
globalThis.document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[data-view]') : null;
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  shell.navigate(link.getAttribute('href') ?? './');
});
element('key-button').addEventListener('click', askForKey);

/** Reads the environment and the vocabulary, then shows the view that the URL selects. */
async function begin() {
  try {
    await loadVocabulary();
    const door = await call('GET', './').then(
      ({ body }) => body,
      () => null,
    );
    if (door !== null) {
      const mark = element('environment');
      mark.textContent = door.environment === 'sandbox' ? 'SANDBOX' : 'LIVE';
      mark.dataset.environment = door.environment;
      mark.hidden = false;
    }
  } catch (error) {
    tellFailure(element('main'), error);
    setTimeout(begin, 3000);
    return;
  }
  await show(false);
}

void begin();
