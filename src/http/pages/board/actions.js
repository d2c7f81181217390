// @ts-check
import { vocabulary } from './catalogue.js';
import { checkField, choiceField, radioField, textField } from './fields.js';
import { pairsIn } from './form-values.js';
import { html, nothing } from './lit-html.js';
import { factList, momentOf, prose } from './parts.js';
import { sourceFields } from './source.js';
import { sourceOf } from './source-body.js';
import { actionWords, counted, sourceInWords, titled } from './words.js';

/**
 * The dialog of each action, and the request that it sends.
 * @typedef {{ migration: any, provider: any, guard: import('./dialog.js').Guard, refresh: () => Promise<void>, leave: () => void }} Place
 * @typedef {import('./dialog.js').Question} Question
 */

/** @type {Record<string, (place: Place) => Question>} */
const questions = { add_backup: addBackup, cut_over: cutOver, cancel, retry, delete: remove };

/** @param {string} action @param {Place} place @returns {Question} */
export function questionOf(action, place) {
  return /** @type {(place: Place) => Question} */ (questions[action])(place);
}

/** @param {Place} place @param {string} action */
function common({ migration, guard, refresh }, action) {
  const { title } = /** @type {{ title: string }} */ (actionWords[action]);
  return { title, send: title, guard, done: () => refresh(), path: `migrations/${migration.id}` };
}

/** @param {Place} place @returns {Question} */
function addBackup(place) {
  const { migration, provider, refresh } = place;
  const { path, title } = common(place, 'add_backup');
  const source = migration.source ?? migration.feed ?? {};
  /** @type {Record<string, any>} */
  const values = { 'backup-bucket': source.bucket ?? '', 'backup-endpoint': source.endpoint ?? '' };
  const differential = migration.mode === 'full_differential' || provider?.differentialBeforeLogs;
  const types =
    migration.mode === 'full_differential' ? ['differential'] : differential ? ['log', 'differential'] : ['log'];
  const shape = { creating: false, chain: true, prefix: 'backup-' };
  return {
    title,
    send: title,
    fields: (claim, update) => {
      const form = { values, claim, changed: update };
      return html`${choiceField(form, {
        name: 'backup-type',
        title: 'Kind of the backup',
        pointer: '/type',
        choices: types.map((each) => [each, titled(each)]),
      })}
        ${sourceFields(form, provider, shape)}
        ${checkField(form, {
          name: 'backup-final',
          title: 'The last one: the database comes online after it',
          pointer: '/final',
        })}
        ${values['backup-final'] ? warning('The chain ends with this file. That cannot be undone.') : nothing}`;
    },
    confirm: () => (values['backup-final'] ? migration.target.instanceId : undefined),
    call: () => ({
      method: 'POST',
      path: `${path}/backups`,
      body: {
        type: values['backup-type'] ?? types[0],
        ...sourceOf(values, provider, shape).member,
        ...(values['backup-final'] ? { final: true } : {}),
      },
    }),
    done: () => refresh(),
  };
}

/** @param {Place} place @returns {Question} */
function cutOver(place) {
  const { migration, provider } = place;
  const { path, ...rest } = common(place, 'cut_over');
  const queued = migration.backups.filter((/** @type {any} */ each) => each.state === 'queued' && each.type !== 'full');
  const last = queued.at(-1);
  const choices = [
    ...(provider?.cutoverWithoutBackup
      ? [
          last === undefined
            ? { value: 'now', words: 'Now', help: 'With the backups that are restored so far.' }
            : { value: 'now', words: `After the ${counted(queued.length, 'backup')} in the queue` },
        ]
      : []),
    ...(last !== undefined && !provider?.cutoverWithoutBackup
      ? [
          {
            value: last.id,
            words: html`After <span class="mono">${sourceInWords(last.source)[0]}</span>`,
            help: 'The last backup in the queue becomes the last one of the chain.',
          },
        ]
      : []),
    ...(migration.feed
      ? [
          {
            value: 'latest',
            words: 'After the newest file in the folder',
            help: 'The newest file that is there when you send this.',
          },
        ]
      : []),
  ];
  /** @type {Record<string, any>} */
  const values = {};
  const chosen = () => values.after ?? choices[0]?.value ?? 'now';
  return {
    ...rest,
    danger: true,
    intro: () => warning('The chain ends and the database comes online. This cannot be undone.'),
    fields: (claim, update) =>
      choices.length > 1 || (choices[0] && choices[0].value !== 'now')
        ? radioField({ values, claim, changed: update }, { name: 'after', title: 'When', choices })
        : nothing,
    confirm: () => migration.target.instanceId,
    call: () => ({
      method: 'POST',
      path: `${path}/cutover`,
      body: chosen() === 'now' ? {} : { afterBackup: chosen() },
    }),
    advice: (problem) =>
      problem.code === 'cutover_needs_final_backup'
        ? `${provider?.title ?? 'The vendor'} opens a database only with a final backup. Add that backup and mark it as the last one.`
        : undefined,
  };
}

/** @param {Place} place @returns {Question} */
function cancel(place) {
  const { migration, provider } = place;
  const { path, ...rest } = common(place, 'cancel');
  const ends = migration.blocking.some((/** @type {any} */ { code }) =>
    ['missing_at_provider', 'account_not_configured', 'unrecognized_provider_status', 'stalled'].includes(code),
  );
  return {
    ...rest,
    send: 'Cancel the migration',
    danger: true,
    intro: () =>
      html`${warning('The restore stops. You may have to drop a half-restored database yourself.')}
      ${
        ends
          ? html`<p>Godwit cannot tell what the vendor does. This may end only the record: check the instance afterwards.</p>`
          : nothing
      }
      ${
        !provider?.cancelWhileRestoring && migration.state === 'restoring'
          ? html`<p>This vendor cannot stop a running restore.</p>`
          : nothing
      }`,
    confirm: () => migration.target.instanceId,
    call: () => ({ method: 'POST', path: `${path}/cancel`, body: {} }),
  };
}

/** @param {Place} place @returns {Question} */
function retry(place) {
  const { migration } = place;
  const { path, ...rest } = common(place, 'retry');
  const doubt = migration.blocking.find((/** @type {any} */ { code }) =>
    ['outcome_unknown', 'backup_outcome_unknown'].includes(code),
  );
  /** @type {Record<string, any>} */
  const values = {};
  const names = Object.keys(migration.providerRefs);
  return {
    ...rest,
    intro: () => html`<p>${actionWords.retry?.does}</p>
      ${doubt ? html`<p>${prose(vocabulary.reasons[doubt.code]?.action ?? '')}</p>` : nothing}`,
    fields: (claim, update) => {
      if (!doubt) return nothing;
      const form = { values, claim, changed: update };
      return html`${radioField(form, {
        name: 'how',
        title: 'What you know',
        choices: [
          { value: 'look', words: 'Nothing: probe again', help: 'Godwit probes the vendor again.' },
          {
            value: 'absent',
            words: 'The vendor has nothing of it',
            help: 'You have checked the vendor’s console. Godwit sends the call again.',
          },
          {
            value: 'adopt',
            words: 'The vendor has it, with these ids',
            help: 'You have found the task. Godwit continues with it and sends nothing.',
          },
        ],
      })}
        ${
          values.how === 'adopt'
            ? textField(form, {
                name: 'adopt',
                title: 'The vendor’s ids, one per line',
                pointer: '/adopt',
                required: true,
                lines: true,
                placeholder: `${names[0] ?? 'migrateTaskId'}=…`,
                help: 'Named as in `providerRefs`.',
              })
            : nothing
        }`;
    },
    call: () => ({
      method: 'POST',
      path: `${path}/retry`,
      body:
        values.how === 'absent'
          ? { assume: 'absent' }
          : values.how === 'adopt'
            ? { adopt: pairsIn(values.adopt ?? '') }
            : {},
    }),
  };
}

/** @param {Place} place @returns {Question} */
function remove(place) {
  const { path, ...rest } = common(place, 'delete');
  return {
    ...rest,
    danger: true,
    intro: () => html`<p>${actionWords.delete?.does} Its events are deleted too.</p>`,
    call: () => ({ method: 'DELETE', path }),
    done: () => place.leave(),
  };
}

/** The removal of a backup from the chain. @param {any} backup @param {Place} place @returns {Question} */
export function removeBackup(backup, { migration, refresh }) {
  return {
    title: 'Remove a backup from the chain',
    send: 'Remove it',
    danger: true,
    intro: () => html`<p>
      <span class="mono">${sourceInWords(backup.source)[0]}</span> is not restored. The file stays where it is.
    </p>`,
    call: () => ({ method: 'DELETE', path: `migrations/${migration.id}/backups/${backup.id}` }),
    done: () => refresh(),
  };
}

/** The report that a backup's file is uploaded. @param {any} backup @param {Place} place @returns {Question} */
export function markUploaded(backup, { migration, refresh, guard }) {
  return {
    title: 'The file is uploaded',
    send: 'Start the restore',
    guard,
    intro: () => html`<p>The vendor begins to restore <span class="mono">${backup.source.fileName}</span>.</p>`,
    call: () => ({ method: 'POST', path: `migrations/${migration.id}/backups/${backup.id}/uploaded`, body: {} }),
    done: () => refresh(),
  };
}

/**
 * The request for the destination of a file, with temporary credentials.
 * @param {any} backup @param {Place} place @param {(target: any) => void} show @returns {Question}
 */
export function askUploadTarget(backup, { migration }, show) {
  return {
    title: 'Where to upload',
    send: 'Request temporary keys',
    intro: () => html`<p>
      The vendor issues keys for this upload only. Godwit does not store them; request new ones when they have expired.
    </p>`,
    call: () => ({ method: 'POST', path: `migrations/${migration.id}/backups/${backup.id}/upload-target`, body: {} }),
    done: show,
  };
}

/** @param {any} target */
export function uploadTarget({ bucket, region, key, host, credentials, expiresAt }) {
  return html`${factList([
    ['Goes to', html`<span class="mono">https://${host}/${key}</span>`],
    ['Bucket', `${bucket}, ${region}`],
    ['Keys end', momentOf(expiresAt)],
  ])}
    <details>
      <summary>Temporary keys</summary>
      <pre tabindex="0">${`SecretId: ${credentials.secretId}\nSecretKey: ${credentials.secretKey}\nToken: ${credentials.token}`}</pre>
    </details>`;
}

/** @param {string} words */
function warning(words) {
  return html`<p class="note" data-kind="block">${words}</p>`;
}
