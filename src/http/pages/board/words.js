// @ts-check

/** Words of the page, derived from responses of the API. Pure. */

/** A code as words. @param {string} code */
export function inWords(code) {
  return code.replaceAll(/[._]/g, ' ');
}

/** A code as words with a capital letter. @param {string} code */
export function titled(code) {
  const words = inWords(code);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {number} count @param {string} noun */
export function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A duration in its two largest units. @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** @param {string} from @param {string | number} to */
export function between(from, to) {
  return duration((new Date(to).getTime() - Date.parse(from)) / 1000);
}

/** A time in the reader’s zone, in the format of `sourceTime`. @param {string} time */
export function localTime(time) {
  const at = new Date(time);
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`;
}

/** A time of the source’s clock, unchanged, because it has no zone. @param {string} time */
export function sourceTime(time) {
  return time.replace('T', ' ');
}

/** @param {number} bytes */
export function sizeInWords(bytes) {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** The files of a source, one per line. @param {any} source @returns {string[]} */
export function sourceInWords(source) {
  if (source.type === 'object_storage')
    return source.keys.map((/** @type {string} */ key) => `${source.bucket}/${key}`);
  if (source.type === 'url') return source.urls;
  if (source.type === 'adopted') return source.files.length > 0 ? source.files : ['sent outside Godwit'];
  return [source.type === 'upload' ? source.fileName : `${source.instanceId} / ${source.backupId}`];
}

/** Names of the databases on the target. @param {any} migration */
export function databasesOf({ target }) {
  return (target.databases ?? []).map((/** @type {any} */ each) => each.restoreAs ?? each.name).join(', ');
}

/** The display name of a migration. @param {any} migration */
export function nameOf(migration) {
  return migration.name ?? (databasesOf(migration) || migration.id);
}

/**
 * The progress of a migration. `value`: percent; null while it is unknown, as in a chain whose last backup is still to come.
 * @param {any} migration
 */
export function progressOf({ progress, backups, state }) {
  const { percent, backupsTotal, backupsRestored, behindSeconds } = progress;
  const waiting = backups.filter((/** @type {any} */ each) => ['queued', 'submitting'].includes(each.state)).length;
  const counts = [`${backupsRestored} of ${backupsTotal} restored`];
  if (waiting > 0) counts.push(`${waiting} waiting`);
  if (percent !== null && state !== 'succeeded') counts.push(`${percent} %`);
  return { value: percent, counts: counts.join(', '), behind: behindOf(behindSeconds, backups) };
}

/** The delay behind the newest file of the folder, in words. @param {number | null} seconds @param {any[]} backups */
function behindOf(seconds, backups) {
  if (seconds === 0) return 'level with the newest file in the folder';
  if (seconds !== null && seconds !== undefined) return `${duration(seconds)} behind the newest file in the folder`;
  const newest = backups.findLast((/** @type {any} */ backup) => backup.state === 'restored');
  return newest?.header?.finishedAt ? `data as of ${sourceTime(newest.header.finishedAt)}, source’s clock` : null;
}

/** The state of a migration in one sentence. @param {any} migration @param {any} provider */
export function standingOf(migration, provider) {
  const { state, backups, target, blocking } = migration;
  const vendor = provider?.title ?? migration.provider;
  const active = backups.findIndex((/** @type {any} */ { state }) => ['submitting', 'restoring'].includes(state));
  const failed = backups.some((/** @type {any} */ each) => each.state === 'failed');
  const which = active < 0 ? 'the backup' : `backup ${active + 1} of ${backups.length} (${backups[active].type})`;
  switch (state) {
    case 'pending':
      return `Stored here. ${vendor} has not confirmed it yet.`;
    case 'restoring':
      return `${vendor} restores ${which}.`;
    case 'awaiting_backup':
      if (failed && blocking.length > 0) return 'A backup failed. The chain is intact and waits for your decision.';
      return 'The chain is consistent and nothing runs at the vendor. It waits for the next backup, or for the cutover.';
    case 'cutting_over':
      return 'The chain ends, and the database comes online.';
    case 'cancelling':
      return 'It is being cancelled at the vendor.';
    case 'succeeded':
      return `The database is online on ${target.instanceId}.`;
    case 'failed':
      return 'It failed and does not continue by itself.';
    case 'cancelled':
      return 'It was cancelled.';
    default:
      return inWords(state);
  }
}

/**
 * Each action: its title, its effect (`does`), and the hint while it is not possible (`not`).
 * @type {Record<string, { title: string, does: string, not: string }>}
 */
export const actionWords = {
  add_backup: {
    title: 'Add a backup',
    does: 'Queues the next log or differential backup. Godwit sends it when the vendor is ready.',
    not: 'No backup can be added now.',
  },
  cut_over: {
    title: 'Cut over',
    does: 'Ends the chain and brings the database online.',
    not: 'The database cannot be opened now.',
  },
  cancel: { title: 'Cancel', does: 'Stops the restore.', not: 'It cannot be cancelled now.' },
  retry: {
    title: 'Try again',
    does: 'Repeats the failed step as a new attempt.',
    not: 'Nothing can be tried again now.',
  },
  delete: {
    title: 'Delete the record',
    does: 'Deletes the record in Godwit. Nothing changes at the vendor.',
    not: 'Only a migration that has ended can be deleted.',
  },
};

/** @type {Record<string, string>} */
export const modeWords = {
  full: 'full: one restore, then online',
  full_log: 'full_log: a full backup, then log backups',
  full_differential: 'full_differential: a full backup, then differentials',
};

/** The facts that a decision depends on, without those that an observation alone changes. @param {any} migration */
export function whatIsDecidedOn({ state, actions, blocking, backups }) {
  const codes = blocking.map((/** @type {any} */ { code }) => code);
  return JSON.stringify([state, actions, codes, backups.map((/** @type {any} */ each) => [each.id, each.state])]);
}
