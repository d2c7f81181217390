// @ts-check
import { radioField, textField } from './fields.js';
import { html, nothing } from './lit-html.js';
import { kindOf, kindsOf } from './source-body.js';

/** The fields for the source of a backup. */

/** @type {Record<string, { words: string, help: string }>} */
const kinds = {
  object_storage: { words: 'Files in a bucket', help: 'The vendor reads them with the account’s own rights.' },
  feed: {
    words: 'A folder, watched',
    help: 'Godwit reads the headers of the files and restores them in the order of their log sequence numbers.',
  },
  url: { words: 'Signed links', help: 'Stored encrypted, and shown without their query.' },
  instance_backup: { words: 'A backup of another instance', help: 'A backup that the vendor made.' },
  upload: {
    words: 'A file that you upload',
    help: 'The vendor provides the destination, which is shown after the start.',
  },
  adopt: {
    words: 'A task that was started outside Godwit',
    help: 'Godwit adopts it in its present state. Nothing is sent.',
  },
};

/**
 * @param {import('./fields.js').Form} form @param {any} provider
 * @param {{ creating: boolean, chain: boolean, prefix?: string }} place
 *   `creating`: includes the sources of creations only. `prefix`: prefix of the field ids.
 */
export function sourceFields(form, provider, { creating, chain, prefix = '' }) {
  const kind = kindOf(form.values, provider, creating);
  form.values.kind = kind;
  const at = kind === 'feed' ? '/feed' : '/source';
  const text = (/** @type {string} */ name, /** @type {string} */ title, /** @type {any} */ more = {}) =>
    textField(form, {
      name: `${prefix}${name}`,
      title,
      required: true,
      pointer: `${at}/${more.member ?? name}`,
      ...more,
    });
  const endpoint = () =>
    text('endpoint', 'Host of the object storage', { required: false, placeholder: 'default of the account' });
  const offered = kindsOf(provider, creating);
  const many = (provider?.filesPerBackup?.max ?? 1) > 1;
  return html`${
    offered.length > 1
      ? radioField(form, {
          name: 'kind',
          title: 'Location of the backup',
          choices: offered.map((value) => ({ value, ...kinds[value], words: kinds[value]?.words ?? value })),
        })
      : nothing
  }
    ${kind === 'object_storage' || kind === 'feed' ? text('bucket', 'Bucket', { placeholder: 'acme-backups' }) : nothing}
    ${
      kind === 'object_storage'
        ? [
            text('keys', many ? 'Keys, one per line' : 'Key of the file', {
              lines: many,
              placeholder: 'prod/orders_full.bak',
            }),
            endpoint(),
          ]
        : nothing
    }
    ${
      kind === 'feed'
        ? [
            text('prefix', 'Folder', { placeholder: 'prod/orders/', help: 'The common prefix of the keys.' }),
            chain
              ? [
                  html`<div class="field"><label class="check"
                    ><input
                      id="watch"
                      type="checkbox"
                      .checked=${form.values.watch !== false}
                      @change=${(/** @type {any} */ { target }) => {
                        form.values.watch = target.checked;
                        form.changed();
                      }}
                    />
                    Take files that come later too</label
                  ></div>`,
                  text('lastFile', 'Last file', {
                    required: false,
                    placeholder: 'orders_TAIL.bak',
                    help: 'This file ends the chain, and the database then comes online without further action.',
                  }),
                ]
              : nothing,
            endpoint(),
          ]
        : nothing
    }
    ${
      kind === 'url'
        ? text('urls', (provider?.urlsPerBackup?.max ?? 1) > 1 ? 'Links, one per line' : 'Link', { lines: true })
        : nothing
    }
    ${
      kind === 'instance_backup'
        ? [
            text('sourceInstance', 'Instance of the backup', { member: 'instanceId' }),
            text('backupId', 'Id of the backup'),
            text('engineVersion', 'Version of that instance', { placeholder: '2019_EE' }),
          ]
        : nothing
    }
    ${
      kind === 'adopt'
        ? textField(form, {
            name: 'adopt',
            title: 'The vendor’s ids, one per line',
            pointer: '/adopt',
            required: true,
            lines: true,
            placeholder: 'migrateTaskId=564563256',
          })
        : nothing
    }
    ${kind === 'upload' ? text('fileName', 'Name of the file', { placeholder: 'orders_full.bak' }) : nothing}`;
}
