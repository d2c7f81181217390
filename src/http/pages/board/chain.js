// @ts-check
import { isTerminal } from './catalogue.js';

/** What of a chain is shown, and what a person may do with a backup of it. Pure. */

/** A long chain shows that many of its last backups until all are asked for. */
const shownAtOnce = 25;

/**
 * The base of the chain, what failed, and what is new are what a person looks for.
 * @param {any[]} backups In the order of their restore. @param {boolean} all
 * @returns {{ shown: any[], hidden: number }}
 */
export function shownOf(backups, all) {
  const first = all ? 0 : Math.max(0, backups.length - shownAtOnce);
  const shown = backups.filter(({ state }, place) => place === 0 || place >= first || state === 'failed');
  return { shown, hidden: backups.length - shown.length };
}

/** Whether it can be taken out of the chain: it has not been restored, and is not the base. @param {any} backup @param {any} migration */
export function isRemovable({ type, state }, migration) {
  return !isTerminal(migration.state) && type !== 'full' && ['queued', 'failed'].includes(state);
}

/** Whether the vendor waits for its file. @param {any} backup @param {any} migration */
export function awaitsUpload({ source, state }, { blocking }) {
  const waits = blocking.some((/** @type {any} */ { code }) => code === 'awaiting_upload');
  return waits && source.type === 'upload' && !['restored', 'failed', 'skipped'].includes(state);
}
