// @ts-check
import { html, nothing } from './lit-html.js';
import { curlBox, momentOf, noteCard, problemCard, prose, stateMark } from './parts.js';
import { counted } from './words.js';

/** The dry run of a creation. */

/**
 * The last dry run and its body.
 * @typedef {{ body: string, answer: any, preflight: boolean }} Tried
 */

/**
 * `faults`: faults without a field. `current`: the dry run had the present values of the form.
 * @param {{
 *   provider: any, tried: Tried | null, current: boolean, asking: boolean, faults: any[], check: () => void, dryRun: import('./curl.js').Call
 * }} what
 */
export function planOf({ provider, tried, current, asking, faults, check, dryRun }) {
  if (tried === null)
    return html`<p class="quiet" role="status">
        Fill in the form: the calls to the vendor appear here. Nothing is sent before you start it.
      </p>
      ${expectations(provider)}`;
  const { answer, preflight } = tried;
  const atFields = answer.problems.filter((/** @type {any} */ each) => !faults.includes(each));
  return html`<div role="status">
      ${
        answer.valid
          ? html`<p class="verdict" data-ok="true">
              It would be accepted${preflight ? '; the vendor’s side was looked at' : ''}. ${
                answer.plan.length === 0
                  ? 'Godwit lists the folder first and sends its backups in the right order.'
                  : `${counted(answer.plan.length, 'call')} to the vendor:`
              }
            </p>`
          : html`<p class="verdict" data-ok="false">It would be rejected.</p>`
      }
      ${current ? nothing : html`<p class="quiet">Checking again …</p>`}
    </div>
    ${faults.map(
      (each) => html`<article class="note" data-kind="fault">
        <p>${each.pointer ? html`<code>${each.pointer}</code> ` : nothing}${prose(each.detail)}</p>
      </article>`,
    )}
    ${atFields.map(
      (/** @type {any} */ each) => html`<p class="quiet"><code>${each.pointer}</code> ${prose(each.detail)}</p>`,
    )}
    ${answer.notes.map((/** @type {any} */ note) => noteCard(note, 'warn'))}
    <p>
      <button type="button" id="preflight" ?disabled=${asking} @click=${check}>Check at the vendor too</button>
      <span class="quiet">Reads the instance and the file; changes nothing.</span>
    </p>
    ${curlBox(dryRun, 'This check from a terminal')}
    <ol class="plan">
      ${answer.plan.map(
        (/** @type {any} */ each) => html`<li>
          <strong>${each.operation}</strong>
          <div class="quiet">${each.method} ${each.url}</div>
          <details>
            <summary>Parameters</summary>
            <pre tabindex="0">${JSON.stringify(each.parameters, null, 2)}</pre>
          </details>
        </li>`,
      )}
    </ol>
    ${expectations(provider)}`;
}

/** @param {any} provider */
function expectations(provider) {
  if (!provider) return nothing;
  return html`<details class="more">
    <summary>What ${provider.title} expects</summary>
    <ul>
      ${Object.values(provider.limits).map((limit) => html`<li>${limit}</li>`)}
    </ul>
  </details>`;
}

/** The contents of a folder: its chains, their gaps, and unusable files. @param {any} folder */
export function folderWords(folder) {
  if (folder === null || folder.items) return nothing;
  if (folder.problem) return problemCard(folder.problem);
  const faulty = folder.files.filter((/** @type {any} */ { faults }) => faults.length > 0);
  return html`<p>${counted(folder.files.length, 'file')}, ${counted(folder.chains.length, 'chain')}.</p>
    ${folder.chains.map(
      (/** @type {any} */ chain) => html`<article class="note" data-kind=${chain.complete ? 'good' : 'block'}>
        <h3>${chain.database}: ${chain.complete ? 'complete' : 'not complete'}</h3>
        <p>${counted(chain.restores.length, 'file')} to restore, ${chain.needless.length} needless.</p>
        ${chain.gaps.map((/** @type {any} */ gap) => html`<p>${prose(gap.detail)}</p>`)}
      </article>`,
    )}
    ${faulty.map(
      (/** @type {any} */ { key, faults }) =>
        html`<p class="quiet">
          <code>${key}</code>: ${faults.map((/** @type {any} */ each) => prose(each.detail))}
        </p>`,
    )}`;
}

/** The vendor's tasks that can be adopted. @param {any} found @param {(task: any) => void} take */
export function taskChoices(found, take) {
  if (found === null || found.files) return nothing;
  if (found.problem) return problemCard(found.problem);
  if (found.items.length === 0) return html`<p>The vendor shows no task that was started outside Godwit.</p>`;
  return html`<ol class="timeline">
      ${found.items.map(
        (/** @type {any} */ task) => html`<li>
          <div class="head">
            ${task.state ? stateMark(task.state) : nothing}
            <strong>${task.name ?? task.databases?.join(', ') ?? ''}</strong>
            <code>${task.providerStatus}</code>
          </div>
          ${(task.files ?? []).map((/** @type {string} */ file) => html`<div class="mono">${file}</div>`)}
          <div class="quiet">${task.createdAt ? html`begun ${momentOf(task.createdAt)}` : nothing}</div>
          <button type="button" class="small" @click=${() => take(task)}>Take this one over</button>
        </li>`,
      )}
    </ol>
    ${found.complete ? nothing : html`<p class="quiet">The vendor has more tasks than are shown.</p>`}`;
}
