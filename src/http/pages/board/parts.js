// @ts-check
import { curlOf } from './api.js';
import { vocabulary } from './catalogue.js';
import { html, nothing, svg } from './lit-html.js';
import { between, localTime, titled } from './words.js';

/** Elements that several views use. Texts of responses are inserted as text, never as markup. */

const strokes = {
  dots: svg`<circle cx="3" cy="8" r="1.5"/><circle cx="8" cy="8" r="1.5"/><circle cx="13" cy="8" r="1.5"/>`,
  play: svg`<path d="M4 2.5 13 8l-9 5.5z"/>`,
  pause: svg`<path d="M4 3h3v10H4zM9 3h3v10H9z"/>`,
  swap: svg`<path d="M2 4h8V1.5L14.5 5 10 8.5V6H2zM14 10H6V7.5L1.5 11 6 14.5V12h8z"/>`,
  stop: svg`<path d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM4.5 7h7v2h-7z" fill-rule="evenodd"/>`,
  check: svg`<path d="M6.3 13.4 1.5 8.6l1.7-1.7 3.1 3.1 6.5-6.5 1.7 1.7z"/>`,
  cross: svg`<path d="m8 6.3 4.3-4.3L14 3.7 9.7 8l4.3 4.3-1.7 1.7L8 9.7 3.7 14 2 12.3 6.3 8 2 3.7 3.7 2z"/>`,
  skip: svg`<path d="M2 3l6 5-6 5zM8 3l6 5-6 5z"/>`,
};
/** @type {Record<string, keyof typeof strokes>} */
const iconOf = {
  pending: 'dots',
  queued: 'dots',
  waiting: 'dots',
  submitting: 'play',
  restoring: 'play',
  awaiting_backup: 'pause',
  cutting_over: 'swap',
  cancelling: 'stop',
  cancelled: 'stop',
  refused: 'stop',
  succeeded: 'check',
  restored: 'check',
  taken: 'check',
  failed: 'cross',
  skipped: 'skip',
  needless: 'skip',
};

/** A state as a shape, a word and a colour; the word alone suffices. @param {string} state */
export function stateMark(state) {
  return html`<span class="state" data-state=${state}
    ><svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">${strokes[iconOf[state] ?? 'dots']}</svg
    >${titled(state)}</span
  >`;
}

/** A time in the reader’s zone. @param {string | null | undefined} time */
export function momentOf(time) {
  return time ? html`<time datetime=${time} title=${time}>${localTime(time)}</time>` : nothing;
}

/** The time since a moment. @param {string} time */
export function agoOf(time) {
  return html`<time datetime=${time} title=${localTime(time)}>${between(time, Date.now())} ago</time>`;
}

/** Text whose backticks become code elements. @param {string} text */
export function prose(text) {
  return text.split('`').map((part, place) => (place % 2 === 1 ? html`<code>${part}</code>` : part));
}

/** The vendor’s own words, verbatim. @param {any} provider */
export function vendorWords(provider) {
  if (!provider) return nothing;
  const { name, operation, code, message, requestId, httpStatus } = provider;
  return html`<blockquote class="vendor">
    <div><strong>${titled(name)}</strong> answered to <code>${operation}</code>${httpStatus ? ` with HTTP ${httpStatus}` : ''}:</div>
    <div class="said">${code ? html`<code>${code}</code> ` : nothing}${message ?? (code ? '' : 'nothing that can be read')}</div>
    ${requestId ? html`<div class="quiet">Request id for a support case: <code>${requestId}</code></div>` : nothing}
  </blockquote>`;
}

/**
 * A failure, a block or a warning: its meaning, the vendor’s words, and the action to take.
 * @param {any} note @param {'fault' | 'block' | 'warn'} kind
 */
export function noteCard(note, kind) {
  const next = nextOf(note, kind);
  return html`<article class="note" data-kind=${kind}>
    <h3>${titled(note.code)}${note.since ? html` <span class="quiet">for ${between(note.since, Date.now())}</span>` : nothing}</h3>
    <p>${prose(note.detail)}</p>
    ${vendorWords(note.provider)}
    ${next ? html`<p class="next"><strong>What to do:</strong> ${prose(next)}</p>` : nothing}
  </article>`;
}

/** @param {any} note @param {'fault' | 'block' | 'warn'} kind */
function nextOf({ code, retryable }, kind) {
  if (kind === 'warn') return vocabulary.warnings[code]?.action;
  if (kind === 'block') return vocabulary.reasons[code]?.action;
  return retryable
    ? 'Remove the cause, then try again: the same backup can be restored.'
    : 'The same file would fail again. Correct it, or make another one.';
}

/** A problem document, without the faults that are shown at their fields. @param {any} problem @param {any[]} faults */
export function problemCard(problem, faults = problem.errors ?? []) {
  return html`<article class="note" data-kind="fault">
    <h3>${problem.title ?? 'Refused'}${problem.code ? html` <code>${problem.code}</code>` : nothing}</h3>
    <p>${prose(problem.detail ?? '')}</p>
    ${
      faults.length === 0
        ? nothing
        : html`<ul>
            ${faults.map(
              (each) => html`<li><code>${each.pointer ?? each.parameter ?? ''}</code> ${prose(each.detail)}</li>`,
            )}
          </ul>`
    }
    ${vendorWords(problem.provider)}
    ${problem.migrationId ? html`<p><a href="?id=${problem.migrationId}" data-view>The migration</a></p>` : nothing}
    ${problem.instance ? html`<p class="quiet">Request <code>${problem.instance}</code></p>` : nothing}
  </article>`;
}

/** A call as a `curl` command with a copy button. @param {import('./curl.js').Call} call @param {string} [title] */
export function curlBox(call, title = 'The same from a terminal') {
  const text = curlOf(call);
  return html`<details class="curl">
    <summary>${title}</summary>
    <pre tabindex="0" aria-label="curl command">${text}</pre>
    <button type="button" class="small" @click=${(/** @type {Event} */ event) => copy(event, text)}>Copy</button>
  </details>`;
}

/**
 * Copies a text. Without TLS the clipboard works only on localhost; elsewhere the text is selected instead.
 * @param {Event} event @param {string} text
 */
async function copy(event, text) {
  const button = /** @type {HTMLElement} */ (event.currentTarget);
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 2000);
  } catch {
    const pre = button.parentElement?.querySelector('pre');
    if (pre) getSelection()?.selectAllChildren(pre);
  }
}

/** A progress bar; nothing if the progress is unknown. @param {number | null} value @param {string} label */
export function progressBar(value, label) {
  return value === null ? nothing : html`<progress max="100" .value=${value} aria-label=${label}></progress>`;
}

/** A list of names with values; entries without a value are omitted. @param {[string, any][]} entries */
export function factList(entries) {
  return html`<dl>
    ${entries
      .filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== nothing)
      .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}
