// @ts-check
import { linesIn, pairsIn } from './form-values.js';

/** Builds the source of a backup from the values of the form. Pure. */

/** The source types that the provider supports. @param {any} provider @param {boolean} creating @returns {string[]} */
export function kindsOf(provider, creating) {
  const [first, ...others] = provider?.sources ?? [];
  if (first === undefined) return [];
  const folder = creating && provider.sources.includes('object_storage') ? ['feed'] : [];
  return [first, ...folder, ...others, ...(creating ? ['adopt'] : [])];
}

/** The chosen source type, or the provider's first one. @param {Record<string, any>} values @param {any} provider @param {boolean} creating */
export function kindOf(values, provider, creating) {
  const offered = kindsOf(provider, creating);
  return offered.includes(values.kind) ? values.kind : offered[0];
}

/**
 * The part of the body from the fields, and whether every required field has a value.
 * @param {Record<string, any>} values @param {any} provider
 * @param {{ creating: boolean, chain: boolean, prefix?: string }} place
 */
export function sourceOf(values, provider, { creating, chain, prefix = '' }) {
  const kind = kindOf(values, provider, creating);
  const text = (/** @type {string} */ name) => (values[`${prefix}${name}`] ?? '').trim();
  const endpoint = text('endpoint') === '' ? {} : { endpoint: text('endpoint') };
  if (kind === 'feed') {
    const feed = {
      bucket: text('bucket'),
      prefix: text('prefix'),
      ...endpoint,
      ...(chain && values.watch === false ? { watch: false } : {}),
      ...(chain && text('lastFile') !== '' ? { lastFile: text('lastFile') } : {}),
    };
    return { member: { feed }, complete: feed.bucket !== '' && feed.prefix !== '' };
  }
  if (kind === 'adopt') {
    const adopt = pairsIn(values.adopt ?? '');
    return { member: { adopt }, complete: Object.keys(adopt).length > 0 };
  }
  const source = {
    object_storage: () => ({ bucket: text('bucket'), keys: linesIn(text('keys')), ...endpoint }),
    url: () => ({ urls: linesIn(text('urls')) }),
    instance_backup: () => ({
      instanceId: text('sourceInstance'),
      backupId: text('backupId'),
      engineVersion: text('engineVersion'),
    }),
    upload: () => ({ fileName: text('fileName') }),
  }[/** @type {'upload'} */ (kind)]();
  const complete = Object.values(source).every((value) => value.length > 0);
  return { member: { source: { type: kind, ...source } }, complete };
}
