// @ts-check
import { call, problemOf } from './api.js';
import { vocabulary } from './catalogue.js';
import { IdempotencyKeys } from './dialog.js';
import { checkField, choiceField, schemaField, textField } from './fields.js';
import { Faults } from './form-values.js';
import { html, nothing, render } from './lit-html.js';
import { curlBox, problemCard, prose } from './parts.js';
import { folderWords, planOf, taskChoices } from './plan.js';
import { modeOf, pickedOptions, requestOf, rowName } from './request.js';
import { sourceFields } from './source.js';
import { modeWords, titled } from './words.js';

/** The form for a new migration, with its dry run beside it. */
export class CreatePage {
  title = 'New migration';
  #main;
  #signal;
  #navigate;
  /** @type {any[]} */
  #accounts = [];
  /** @type {any[]} */
  #providers = [];
  /** @type {Record<string, any>} */
  #values = {};
  #keys = new IdempotencyKeys();
  /** @type {import('./plan.js').Tried | null} */
  #tried = null;
  /** The problem of a rejected creation. @type {any} */
  #refused = null;
  /** The contents of the folder, or the vendor's tasks. @type {any} */
  #found = null;
  #foundFor = '';
  #asking = false;
  #busy = false;
  #turn = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {HTMLElement} main @param {AbortSignal} signal @param {(to: string) => void} navigate */
  constructor(main, signal, navigate) {
    this.#main = main;
    this.#signal = signal;
    this.#navigate = navigate;
  }

  async start() {
    const [accounts, providers] = await Promise.all([call('GET', 'accounts'), call('GET', 'providers')]);
    this.#accounts = accounts.body.items;
    this.#providers = providers.body.items;
    this.#update();
  }

  #chosen() {
    const account = this.#accounts.find(({ name }) => name === this.#values.account) ?? this.#accounts[0];
    return { account, provider: this.#providers.find(({ id }) => id === account?.provider) };
  }

  #changed() {
    this.#refused = null;
    if (this.#foundFor !== this.#values.kind) this.#found = null;
    this.#foundFor = this.#values.kind;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tryOut(false), 300);
    this.#update();
  }

  /** @param {boolean} preflight Whether to run the vendor's read-only checks too. */
  async #tryOut(preflight) {
    const { account, provider } = this.#chosen();
    const { body, complete } = requestOf(this.#values, account, provider);
    if (!complete || this.#signal.aborted) return;
    // A scheduled check would replace this one's result.
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    this.#asking = true;
    this.#update();
    const answer = await call('POST', `migrations/dry-run${preflight ? '?preflight=true' : ''}`, body).then(
      ({ body }) => body,
      problemAsDryRun,
    );
    if (turn !== this.#turn || this.#signal.aborted) return;
    this.#asking = false;
    this.#tried = { body: JSON.stringify(body), answer, preflight };
    this.#update();
    // The check is repeated if the gateway did not answer.
    if (answer.passing) this.#timer = setTimeout(() => void this.#tryOut(preflight), 3000);
  }

  /** The call that inspects the folder. @returns {import('./curl.js').Call} */
  #inspection() {
    const { account, provider } = this.#chosen();
    const { feed, target } = requestOf(this.#values, account, provider).body;
    const database = target.databases?.[0]?.name;
    const { bucket, prefix } = feed;
    const place = { provider: account.provider, account: account.name, bucket, prefix };
    return { method: 'POST', path: 'backups/inspect', body: { ...place, ...(database ? { database } : {}) } };
  }

  /** @returns {import('./curl.js').Call} */
  #taskList() {
    const { account } = this.#chosen();
    const instance = (this.#values.instanceId ?? '').trim();
    const query = new URLSearchParams({ instanceId: instance });
    return { method: 'GET', path: `accounts/${encodeURIComponent(account.name)}/tasks?${query}` };
  }

  /** @param {import('./curl.js').Call} asked */
  async #look({ method, path, body }) {
    this.#found = await call(method, path, body).then(
      (answer) => answer.body,
      (error) => ({ problem: problemOf(error).problem ?? { detail: problemOf(error).message } }),
    );
    if (!this.#signal.aborted) this.#update();
  }

  /** @param {Event} event */
  async #send(event) {
    event.preventDefault();
    const { account, provider } = this.#chosen();
    const { body } = requestOf(this.#values, account, provider);
    if (this.#busy) return;
    this.#busy = true;
    this.#update();
    try {
      const { headers } = this.#creation(body);
      const { body: created } = await call('POST', 'migrations', body, headers);
      this.#navigate(`?id=${created.id}`);
    } catch (error) {
      const { problem, message } = problemOf(error);
      this.#refused = problem ?? { detail: message };
      this.#busy = false;
      this.#update();
    }
  }

  /** @param {any} body */
  #creation(body) {
    const request = { method: 'POST', path: 'migrations', body };
    return { ...request, headers: { 'idempotency-key': this.#keys.for(request) } };
  }

  #update() {
    const { account, provider } = this.#chosen();
    const { body, complete } = requestOf(this.#values, account, provider);
    const current = this.#tried !== null && this.#tried.body === JSON.stringify(body);
    const faults = new Faults(this.#refused?.errors ?? (complete ? (this.#tried?.answer.problems ?? []) : []));
    const form = {
      values: this.#values,
      changed: () => this.#changed(),
      claim: (/** @type {string} */ pointer) => faults.claim(pointer),
    };
    const fields = account === undefined ? noAccounts() : this.#fields(form, provider);
    const ready = complete && current && this.#tried?.answer.valid && !this.#busy;
    render(
      html`<p><a href="./" data-view>All migrations</a></p>
        <h1 tabindex="-1">New migration</h1>
        <div class="creation">
          <form class="card" @submit=${(/** @type {Event} */ event) => this.#send(event)}>
            ${fields}
            <div role="alert">${this.#refused === null ? nothing : problemCard(this.#refused, faults.rest())}</div>
            <div class="buttons">
              <button type="submit" data-weight="main" ?disabled=${!ready}>
                ${this.#busy ? 'Sending …' : 'Start the migration'}
              </button>
            </div>
            ${curlBox(this.#creation(body))}
          </form>
          <section class="card" aria-labelledby="plan-title">
            <h2 id="plan-title">What would happen</h2>
            ${planOf({
              provider,
              tried: complete ? this.#tried : null,
              current,
              asking: this.#asking,
              faults: this.#refused === null ? faults.rest() : [],
              check: () => this.#tryOut(true),
              dryRun: { method: 'POST', path: 'migrations/dry-run?preflight=true', body },
            })}
          </section>
        </div>`,
      this.#main,
    );
  }

  /** @param {import('./fields.js').Form} form @param {any} provider */
  #fields(form, provider) {
    const mode = modeOf(form.values, provider);
    const own = vocabulary.providerOptions[provider.id] ?? {};
    return html`${choiceField(form, {
      name: 'account',
      title: 'Account',
      pointer: '/account',
      choices: this.#accounts.map((each) => [each.name, `${each.name} (${each.provider}, ${each.region})`]),
    })}
      ${choiceField(form, {
        name: 'mode',
        title: 'Mode',
        pointer: '/mode',
        choices: provider.modes.map((/** @type {string} */ each) => [each, modeWords[each] ?? each]),
      })}
      ${textField(form, { name: 'name', title: 'Name', pointer: '/name', placeholder: 'orders-2026' })}
      ${textField(form, {
        name: 'instanceId',
        title: 'Target instance',
        pointer: '/target/instanceId',
        required: true,
        help: 'The vendor’s id of the managed instance.',
      })}
      ${this.#databases(form, provider)}
      ${
        provider.overwrite
          ? checkField(form, {
              name: 'overwrite',
              title: 'Replace a database of the same name',
              pointer: '/target/overwrite',
              help: 'Its contents are lost.',
            })
          : nothing
      }
      ${sourceFields(form, provider, { creating: true, chain: mode !== 'full' })}
      ${this.#looking(form)}
      <details class="more">
        <summary>Description, labels and options</summary>
        <div class="stack">
        ${textField(form, { name: 'description', title: 'Description', pointer: '/description' })}
        ${textField(form, { name: 'labels', title: 'Labels', pointer: '/labels', lines: true, placeholder: 'team=orders' })}
        ${textField(form, { name: 'region', title: 'Region', pointer: '/region', placeholder: 'the account’s' })}
        ${Object.entries(pickedOptions(provider)).map(([name, schema]) =>
          schemaField(form, `options-${name}`, schema, { title: spaced(name), pointer: `/options/${name}` }),
        )}
        ${Object.entries(own).map(([name, schema]) =>
          schemaField(form, `own-${name}`, schema, {
            title: spaced(name),
            pointer: `/providerOptions/${provider.id}/${name}`,
          }),
        )}
        </div>
      </details>`;
  }

  /** A button that finds files or tasks for the source. @param {import('./fields.js').Form} form */
  #looking(form) {
    const { kind } = form.values;
    if (kind !== 'feed' && kind !== 'adopt') return nothing;
    const asked = kind === 'feed' ? this.#inspection() : this.#taskList();
    const take = (/** @type {any} */ { providerRefs, mode, databases }) => {
      form.values.adopt = Object.entries(providerRefs)
        .map(([name, value]) => `${name}=${value}`)
        .join('\n');
      if (mode) form.values.mode = mode;
      if (!form.values.database && databases?.length === 1) form.values.database = databases[0];
      form.changed();
    };
    return html`<div class="field">
      <button type="button" id="look" @click=${() => this.#look(asked)}>
        ${kind === 'feed' ? 'Inspect the folder' : 'List the tasks on the instance'}
      </button>
      ${curlBox(asked, 'This call from a terminal')}
      <div role="status">${kind === 'feed' ? folderWords(this.#found) : taskChoices(this.#found, take)}</div>
    </div>`;
  }

  /** @param {import('./fields.js').Form} form @param {any} provider */
  #databases(form, provider) {
    const { max, renames, optional } = provider.databases;
    const rows = Math.min(form.values.databaseRows ?? 1, Math.max(max, 1));
    form.values.databaseRows = rows;
    return html`${Array.from({ length: rows }, (_, row) => {
      const at = `/target/databases/${row}`;
      return html`<div class="pair">
          ${textField(form, {
            name: rowName('database', row),
            title: 'Database in the backup',
            pointer: `${at}/name`,
            required: !optional && row === 0,
            ...(optional && row === 0 ? { help: 'Empty: all databases in the backup.' } : {}),
          })}
          ${
            row < renames
              ? textField(form, {
                  name: rowName('restoreAs', row),
                  title: 'Name on the target',
                  pointer: `${at}/restoreAs`,
                })
              : nothing
          }
        </div>`;
    })}
      ${form.claim('/target/databases').map((each) => html`<div class="at-fault"><p>${prose(each.detail)}</p></div>`)}
      ${
        rows < max
          ? html`<div class="field">
              <button
                type="button"
                class="small"
                @click=${() => {
                  form.values.databaseRows = rows + 1;
                  form.changed();
                }}
              >
                One more database
              </button>
            </div>`
          : nothing
      }`;
  }
}

function noAccounts() {
  return html`<p>You have no grant for any configured account.</p>`;
}

/** A camel-case name such as `keepDownloadedFiles` as words. @param {string} name */
function spaced(name) {
  return titled(name.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`));
}

/** @param {unknown} error */
function problemAsDryRun(error) {
  const { status, problem, message } = problemOf(error);
  const problems = problem?.errors ?? [{ detail: problem?.detail ?? message }];
  return { valid: false, problems, notes: [], plan: [], passing: status === 0 || status === 429 || status >= 500 };
}
