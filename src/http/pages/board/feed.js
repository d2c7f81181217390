// @ts-check
import { repeat } from './directives/repeat.js';
import { html, nothing } from './lit-html.js';
import { agoOf, curlBox, momentOf, prose, stateMark } from './parts.js';
import { headerFacts } from './timeline.js';
import { counted, sizeInWords, titled } from './words.js';

/** Maximum number of files shown per verdict. */
const shownOfEach = 50;

/**
 * The watched folder: its files and their verdicts.
 * @param {any} migration @param {any} feed The response of `GET …/feed`; null until it is read.
 * @param {{ scan: () => void, scanning: boolean, problem: any }} how
 */
export function feedSection(migration, feed, { scan, scanning, problem }) {
  const { bucket, prefix, watch, lastFile } = migration.feed;
  const items = feed?.items ?? [];
  const order = ['waiting', 'refused', 'taken', 'needless'];
  return html`<section class="card" aria-labelledby="feed-title">
    <h2 id="feed-title">The folder</h2>
    <p>
      <span class="mono">${bucket}/${prefix}</span>
      ${watch === false ? ', as it was at the beginning' : ', watched'}${
        lastFile ? html`; ends with <span class="mono">${lastFile}</span>` : nothing
      }.
      <span class="quiet">${feed?.scannedAt ? html`Listed ${agoOf(feed.scannedAt)}.` : 'Not listed yet.'}</span>
    </p>
    <div class="buttons">
      <button type="button" id="scan" aria-disabled=${scanning ? 'true' : 'false'} @click=${scan}>
        ${scanning ? 'Looking …' : 'Scan now'}
      </button>
    </div>
    ${curlBox({ method: 'POST', path: `migrations/${migration.id}/feed/scan` })}
    ${problem ? html`<p class="note" data-kind="fault" role="alert">${prose(problem.detail)}</p>` : nothing}
    ${
      items.length === 0
        ? html`<p class="quiet">The folder has no files.</p>`
        : order.map((verdict) =>
            group(
              verdict,
              items.filter((/** @type {any} */ each) => each.verdict === verdict),
            ),
          )
    }
  </section>`;
}

/** @param {string} verdict @param {any[]} items */
function group(verdict, items) {
  if (items.length === 0) return nothing;
  const shown = items.slice(-shownOfEach);
  return html`<details ?open=${verdict !== 'needless' && verdict !== 'taken'}>
    <summary>${titled(verdict)}: ${counted(items.length, 'file')}</summary>
    ${shown.length < items.length ? html`<p class="quiet">The last ${shown.length} of them:</p>` : nothing}
    <ol class="timeline">
      ${repeat(
        shown,
        ({ key }) => key,
        ({ key, size, lastModified, reason, header }) => html`<li data-state=${verdict}>
          <div class="head">${stateMark(verdict)} <span class="mono">${key}</span></div>
          ${reason ? html`<div>${prose(reason)}</div>` : nothing} ${headerFacts(header)}
          <div class="quiet">${sizeInWords(size)}${lastModified ? html`, written ${momentOf(lastModified)}` : nothing}</div>
        </li>`,
      )}
    </ol>
  </details>`;
}
