// @ts-check
import { isTerminal } from './catalogue.js';

/** The visible backups of a chain, and the possible actions on a backup. Pure. */

/** Number of last backups that a long chain shows until a person requests all. */
const shownAtOnce = 25;

/**
 * Shows the base of the chain, failed backups and the last ones.
 * @param {any[]} backups In the order of their restore. @param {boolean} all
 * @returns {{ shown: any[], hidden: number }}
 */
export function shownOf(backups, all) {
  const first = all ? 0 : Math.max(0, backups.length - shownAtOnce);
  const shown = backups.filter(({ state }, place) => place === 0 || place >= first || state === 'failed');
  return { shown, hidden: backups.length - shown.length };
}

/** Whether a backup can be removed from the chain: it is not restored and not the base. @param {any} backup @param {any} migration */
export function isRemovable({ type, state }, migration) {
  return !isTerminal(migration.state) && type !== 'full' && ['queued', 'failed'].includes(state);
}

/** Whether the vendor waits for the upload of the backup's file. @param {any} backup @param {any} migration */
export function awaitsUpload({ source, state }, { blocking }) {
  const waits = blocking.some((/** @type {any} */ { code }) => code === 'awaiting_upload');
  return waits && source.type === 'upload' && !['restored', 'failed', 'skipped'].includes(state);
}
