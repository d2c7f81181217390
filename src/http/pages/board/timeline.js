// @ts-check
import { awaitsUpload, isRemovable, shownOf } from './chain.js';
import { repeat } from './directives/repeat.js';
import { html, nothing } from './lit-html.js';
import { factList, momentOf, noteCard, stateMark } from './parts.js';
import { between, counted, sourceInWords, sourceTime, titled } from './words.js';

/**
 * The backups of a chain in the order of their restore.
 * @param {any} migration
 * @param {{ all: boolean, showAll: () => void, remove: (backup: any) => void, upload: (backup: any) => void, uploaded: (backup: any) => void }} how
 */
export function timeline(migration, how) {
  const { shown, hidden } = shownOf(migration.backups, how.all);
  return html`${
    hidden > 0
      ? html`<p>
            ${counted(hidden, 'earlier backup')} of the chain ${hidden === 1 ? 'is' : 'are'} not shown.
            <button type="button" class="small" id="show-all" @click=${how.showAll}>Show all</button>
          </p>`
      : nothing
  }
    <ol class="timeline">
      ${repeat(
        shown,
        (/** @type {any} */ { id }) => id,
        (/** @type {any} */ backup) => backupItem(backup, migration, how),
      )}
    </ol>`;
}

/** @param {any} backup @param {any} migration @param {any} how */
function backupItem(backup, migration, how) {
  const { id, type, state, final, source, header, providerStatus, submittedAt, finishedAt, error } = backup;
  const files = sourceInWords(source);
  return html`<li data-state=${state}>
    <div class="head">
      <strong>${titled(type)}${final && type !== 'full' ? ', the last one' : ''}</strong> ${stateMark(state)}
    </div>
    ${files.length === 0 ? html`<div class="quiet">not found in the folder yet</div>` : nothing}
    ${files.slice(0, 5).map((each) => html`<div class="mono">${each}</div>`)}
    ${files.length > 5 ? html`<div class="quiet">and ${files.length - 5} more files</div>` : nothing}
    ${headerFacts(header)}
    <div class="quiet">
      ${submittedAt ? html`sent ${momentOf(submittedAt)}` : 'not sent yet'}${
        finishedAt && submittedAt
          ? html`, ended ${momentOf(finishedAt)} after ${between(submittedAt, finishedAt)}`
          : finishedAt
            ? html`, ended ${momentOf(finishedAt)}`
            : nothing
      }${providerStatus ? html`, the vendor says <code>${providerStatus}</code>` : nothing}
    </div>
    ${
      error === null
        ? nothing
        : error.code === migration.error?.code
          ? html`<div class="at-fault"><p>${titled(error.code)}, see above</p></div>`
          : noteCard(error, 'fault')
    }
    ${
      awaitsUpload(backup, migration)
        ? html`<div class="buttons">
            <button type="button" class="small" id="upload-${id}" @click=${() => how.upload(backup)}>Where to upload</button>
            <button type="button" class="small" id="uploaded-${id}" @click=${() => how.uploaded(backup)}>It is uploaded</button>
          </div>`
        : nothing
    }
    ${
      isRemovable(backup, migration)
        ? html`<button type="button" class="small" id="remove-${id}" @click=${() => how.remove(backup)}>
            Remove from the chain
          </button>`
        : nothing
    }
  </li>`;
}

/** The header of a backup file. @param {any} header */
export function headerFacts(header) {
  if (!header) return nothing;
  const { firstLsn, lastLsn, startedAt, finishedAt, serverVersion, copyOnly, database, stripe } = header;
  const times =
    startedAt && finishedAt ? `${sourceTime(startedAt)} to ${sourceTime(finishedAt)}` : sourceTime(finishedAt ?? '');
  return factList([
    [
      'LSN',
      firstLsn && lastLsn ? html`<span class="mono">${firstLsn}</span> to <span class="mono">${lastLsn}</span>` : '',
    ],
    ['Taken, source’s clock', times],
    [
      'Of',
      [database, serverVersion && `SQL Server ${serverVersion}`, copyOnly && 'copy-only'].filter(Boolean).join(', '),
    ],
    ['Stripe', stripe && stripe.of > 1 ? `${stripe.number} of ${stripe.of}` : ''],
  ]);
}
