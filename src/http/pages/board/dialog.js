// @ts-check
import { ApiProblem, call, newKey, problemOf } from './api.js';
import { Faults } from './form-values.js';
import { html, nothing, render } from './lit-html.js';
import { curlBox, problemCard } from './parts.js';
import { inWords } from './words.js';

/**
 * A dialog that confirms a request: its fields, the request, and its result. The browser keeps the focus inside the dialog;
 * afterwards the focus returns to the previous element.
 *
 * @typedef {object} Question
 * @property {string} title
 * @property {string} send Text of the button.
 * @property {boolean} [danger]
 * @property {() => any} [intro]
 * @property {(claim: Claim, update: () => void) => any} [fields]
 * @property {() => string | undefined} [confirm] Text that the person must type before anything is sent.
 * @property {() => import('./curl.js').Call} call
 * @property {Guard} [guard] Ensures that the person decides on the present state.
 * @property {(problem: any) => any} [advice] Advice on a rejection.
 * @property {(body: any) => void | Promise<void>} done
 *
 * @typedef {(pointer: string) => any[]} Claim Takes the faults of a field, so that they are not shown elsewhere.
 * @typedef {{ etag: () => string, sight: () => string, refresh: () => Promise<void> }} Guard
 */

/** @param {Question} question */
export function ask(question) {
  const opener = /** @type {HTMLElement | null} */ (globalThis.document.activeElement);
  const dialog = globalThis.document.createElement('dialog');
  dialog.setAttribute('aria-labelledby', 'dialog-title');
  globalThis.document.getElementById('dialogs')?.append(dialog);
  const keys = new IdempotencyKeys();
  let typed = '';
  let busy = false;
  /** @type {any} */
  let problem = null;
  let changed = false;
  const { guard } = question;
  let decidedOn = guard?.sight();
  /** @type {string | undefined} */
  let etag = guard?.etag();

  const prepared = () => {
    const sent = question.call();
    const headers = {
      ...(etag ? { 'if-match': etag } : {}),
      ...(sent.method === 'POST' ? { 'idempotency-key': keys.for(sent) } : {}),
      ...sent.headers,
    };
    return { ...sent, headers };
  };

  /** An observation of the vendor changes the entity tag too, so a mismatch is repeated while the facts of the decision are unchanged. */
  const sendIt = async () => {
    for (let left = 5; ; left -= 1) {
      try {
        const { method, path, body, headers } = prepared();
        return (await call(method, path, body, headers)).body;
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.status !== 412 || guard === undefined) throw error;
        await guard.refresh();
        etag = guard.etag();
        changed = guard.sight() !== decidedOn;
        if (left === 0 || changed) throw error;
      }
    }
  };

  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy || !ready()) return;
    busy = true;
    problem = null;
    update();
    try {
      const body = await sendIt();
      dialog.close();
      await question.done(body);
    } catch (error) {
      const { status, problem: said, message } = problemOf(error);
      problem = said ?? { title: `The gateway answered ${status}`, detail: message };
      // A changed state requires a new confirmation.
      if (changed) typed = '';
      if (status === 409) await guard?.refresh();
      decidedOn = guard?.sight();
      etag = guard?.etag();
    } finally {
      busy = false;
      update();
    }
  };

  const ready = () => [undefined, typed.trim()].includes(question.confirm?.());

  function update() {
    if (!dialog.isConnected) return;
    const faults = new Faults(problem?.errors ?? []);
    const fields = question.fields?.((pointer) => faults.claim(pointer), update) ?? nothing;
    const confirm = question.confirm?.();
    render(
      html`<form @submit=${submit}>
        <h2 id="dialog-title">${question.title}</h2>
        ${question.intro?.() ?? nothing} ${fields}
        ${
          confirm === undefined
            ? nothing
            : html`<label class="field">
                <span>To confirm, type the instance id <code>${confirm}</code></span>
                <input
                  id="instance"
                  autocomplete="off"
                  spellcheck="false"
                  .value=${typed}
                  @input=${(/** @type {any} */ { target }) => {
                    typed = target.value;
                    update();
                  }}
                />
              </label>`
        }
        <div role="alert">
          ${problem === null ? nothing : [problemCard(problem, faults.rest()), adviceOn(problem, changed, question)]}
        </div>
        ${curlBox(prepared())}
        <div class="buttons">
          <button type="submit" data-weight=${question.danger ? 'danger' : 'main'} ?disabled=${busy || !ready()}>
            ${busy ? 'Sending …' : question.send}
          </button>
          <button type="button" @click=${() => dialog.close()}>Back</button>
        </div>
      </form>`,
      dialog,
    );
  }

  dialog.addEventListener('close', () => {
    dialog.remove();
    if (opener?.isConnected) opener.focus();
  });
  update();
  dialog.showModal();
}

/** @param {any} problem @param {boolean} changed @param {Question} question */
function adviceOn(problem, changed, { advice }) {
  const own = advice?.(problem);
  if (own) return html`<p class="next"><strong>What to do:</strong> ${own}</p>`;
  if (problem.status === 412)
    return html`<p class="next">
      <strong>What to do:</strong> ${
        changed
          ? 'It has changed since you opened this dialog, so nothing was sent. Check its current state, then decide again.'
          : 'It changes too often. Nothing was sent; send it again.'
      }
    </p>`;
  if (problem.code === 'invalid_state')
    return html`<p class="next">
      <strong>What to do:</strong> It is ${inWords(problem.state ?? 'in another state')} now${
        problem.actions?.length > 0 ? `; possible are: ${problem.actions.map(inWords).join(', ')}` : ''
      }. Nothing was sent to the vendor.
    </p>`;
  return nothing;
}

/** One idempotency key per request: a repeated request keeps its key, a changed one gets a new key. */
export class IdempotencyKeys {
  #request = '';
  #key = '';

  /** @param {import('./curl.js').Call} call */
  for({ method, path, body }) {
    const request = JSON.stringify([method, path, body]);
    if (request !== this.#request) this.#key = newKey();
    this.#request = request;
    return this.#key;
  }
}
