// @ts-check
/* global SwaggerUIBundle */

/** The API explorer: Swagger UI with the document of this gateway. All URLs are relative to the page, because a proxy may add a prefix. */
const root = new URL('../', globalThis.document.baseURI);
const server = root.href.replace(/\/$/, '');
const createPath = `${root.pathname}migrations`;

/** @typedef {{ url: string, method: string, body?: string, headers: Record<string, string> }} ExplorerRequest */
/**
 * @typedef {{
 *   valid: boolean, problems: { code: string, pointer?: string, detail: string }[], notes?: { detail: string }[],
 *   plan: { operation: string, method: string, url: string }[]
 * }} DryRun
 */

let live = false;
/** @type {Record<string, string>} */
let credentials = {};

/** The OpenAPI document, with the URL of this page as its server. */
async function loadDocument() {
  const response = await fetch(new URL('openapi.json', root), { headers: credentials });
  if (!response.ok) throw new Error(`openapi.json could not be read: ${response.status}`);
  const spec = await response.json();
  live = spec.info['x-environment'] !== 'sandbox';
  showEnvironment(live);
  return { ...spec, servers: [{ url: server }] };
}

/** @param {boolean} isLive */
function showEnvironment(isLive) {
  const mark = element('environment');
  mark.textContent = isLive ? 'LIVE' : 'SANDBOX';
  mark.dataset.environment = isLive ? 'live' : 'sandbox';
  mark.hidden = false;
  element('notice').textContent = isLive
    ? 'This gateway uses real cloud accounts. Creating a migration starts with a dry run, which you confirm.'
    : 'This gateway uses three emulated clouds: nothing real changes, and every example can be executed repeatedly.';
}

/** @param {string} id */
function element(id) {
  const found = globalThis.document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * With real clouds a creation starts with a dry run. If the person does not confirm, the dry run is sent instead.
 * @param {ExplorerRequest} request
 */
async function confirmCreation(request) {
  const { pathname, search } = new URL(request.url);
  if (!live || request.method !== 'POST' || pathname !== createPath || search.includes('dryRun=')) return request;
  const url = new URL('migrations/dry-run', root).href;
  const response = await fetch(url, { method: 'POST', headers: request.headers, body: request.body ?? '' });
  if (!response.ok) return { ...request, url };
  const confirmed = globalThis.confirm(inWords(await response.json()));
  return confirmed ? request : { ...request, url };
}

/** @param {DryRun} dryRun */
function inWords({ valid, problems, notes = [], plan }) {
  const faults = problems.map(({ pointer = '', detail }) => `✗ ${pointer} ${detail}`);
  const remarks = notes.map(({ detail }) => `• ${detail}`);
  const calls = plan.map(({ operation, method, url }, index) => `${index + 1}. ${operation}  (${method} ${url})`);
  return [
    valid ? 'LIVE: this starts a real restore.' : 'LIVE: the dry run finds faults.',
    '',
    ...faults,
    ...remarks,
    ...(calls.length > 0 ? ['Calls to the vendor:', ...calls] : []),
    '',
    'OK sends it. Cancel shows the dry run instead.',
  ].join('\n');
}

/** @param {ExplorerRequest} request */
async function beforeSending(request) {
  if (Object.entries(request.headers).some(([name, value]) => /^accept$/i.test(name) && value === 'text/event-stream'))
    throw new Error(`This page cannot show a stream, because it does not end. Use a terminal: ${curlOf(request)}`);
  return confirmCreation(request);
}

/** @param {ExplorerRequest} request */
function curlOf({ url, headers }) {
  const given = Object.entries(headers).map(
    ([name, value]) => `-H '${name}: ${/^(authorization|x-api-key)$/i.test(name) ? '…' : value}'`,
  );
  return `curl -N ${given.join(' ')} '${url}'`;
}

/** Shows each problem response in one line; a button opens its examples. The catalogue explains the problems. */
function problemsInOneLine() {
  return {
    wrapComponents: {
      response: (/** @type {any} */ Original, /** @type {any} */ { React }) =>
        function ResponseRow(/** @type {any} */ props) {
          const [open, setOpen] = React.useState(false);
          const { code, response } = props;
          if (!/^[45]/.test(code) || open) return React.createElement(Original, props);
          const description = String(response.get('description') ?? '').replaceAll('`', '');
          return React.createElement(
            'tr',
            { className: 'response godwit-problem', 'data-code': code },
            React.createElement('td', { className: 'response-col_status' }, code),
            React.createElement(
              'td',
              { className: 'response-col_description' },
              React.createElement('p', null, description),
            ),
            React.createElement(
              'td',
              { className: 'response-col_links' },
              React.createElement('button', { type: 'button', onClick: () => setOpen(true) }, 'Examples'),
            ),
          );
        },
    },
  };
}

/** Reads the document again when the key changes, because its examples name the accounts granted to the key. */
function readAgainWithCredentials() {
  /** @param {(payload: unknown) => unknown} original @param {any} system */
  const wrap = (original, system) => (/** @type {unknown} */ payload) => {
    const result = original(payload);
    const given = credentialsIn(system.authSelectors.authorized());
    credentials = given;
    void loadDocument()
      // The answer to an earlier key may arrive late.
      .then((spec) => credentials === given && system.specActions.updateJsonSpec(spec))
      .catch((/** @type {Error} */ error) => credentials === given && showStaleDocument(error));
    return result;
  };
  return {
    statePlugins: {
      auth: { wrapActions: { authorizeWithPersistOption: wrap, logoutWithPersistOption: wrap } },
    },
  };
}

/** @param {Error} error */
function showStaleDocument({ message }) {
  element('notice').textContent =
    `The examples below do not follow the key: ${message}. Enter the key again, or load this page again.`;
}

/** @param {any} authorized */
function credentialsIn(authorized) {
  const bearer = authorized?.getIn(['bearer', 'value']);
  const apiKey = authorized?.getIn(['apiKey', 'value']);
  return {
    ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
    ...(apiKey ? { 'x-api-key': apiKey } : {}),
  };
}

const spec = await loadDocument();
// @ts-expect-error Swagger UI is a classic script without types.
SwaggerUIBundle({
  spec,
  dom_id: '#explorer',
  layout: 'BaseLayout',
  plugins: [problemsInOneLine, readAgainWithCredentials],
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 2,
  defaultModelRendering: 'example',
  showCommonExtensions: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
  requestInterceptor: beforeSending,
});
