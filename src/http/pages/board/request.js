// @ts-check
import { vocabulary } from './catalogue.js';
import { pairsIn, schemaValue } from './form-values.js';
import { sourceOf } from './source-body.js';

/** Builds the body of a creation from the values of the form. Pure. */

/** @param {Record<string, any>} values @param {any} provider */
export function modeOf(values, provider) {
  return provider?.modes.includes(values.mode) ? values.mode : provider?.modes[0];
}

/**
 * @param {Record<string, any>} values @param {any} account @param {any} provider
 * @returns {{ body: any, complete: boolean }} `complete`: every required field has a value.
 */
export function requestOf(values, account, provider) {
  const mode = modeOf(values, provider);
  const text = (/** @type {string} */ name) => (values[name] ?? '').trim();
  const given = (/** @type {string} */ member, /** @type {string} */ value) =>
    value === '' ? {} : { [member]: value };
  const databases = databasesIn(values);
  const { member, complete } = sourceOf(values, provider, { creating: true, chain: mode !== 'full' });
  const options = settingsIn(values, 'options', pickedOptions(provider));
  const own = settingsIn(values, 'own', vocabulary.providerOptions[provider?.id] ?? {});
  const labels = pairsIn(text('labels'));
  const body = {
    provider: account?.provider,
    account: account?.name,
    ...given('region', text('region')),
    ...given('name', text('name')),
    ...given('description', text('description')),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    // The vendor determines the mode of an adopted task, unless a person chose one.
    ...('adopt' in member && values.mode === undefined ? {} : { mode }),
    target: {
      instanceId: text('instanceId'),
      ...(databases.length > 0 ? { databases } : {}),
      ...(values.overwrite === true && provider?.overwrite ? { overwrite: true } : {}),
    },
    ...member,
    ...(Object.keys(options).length > 0 ? { options } : {}),
    ...(Object.keys(own).length > 0 ? { providerOptions: { [provider.id]: own } } : {}),
  };
  const enough = databases.length > 0 || provider?.databases.optional === true;
  return { body, complete: complete && body.target.instanceId !== '' && enough };
}

/** @param {Record<string, any>} values */
function databasesIn(values) {
  return Array.from({ length: values.databaseRows ?? 1 }, (_, row) => ({
    name: (values[rowName('database', row)] ?? '').trim(),
    restoreAs: (values[rowName('restoreAs', row)] ?? '').trim(),
  }))
    .filter(({ name }) => name !== '')
    .map(({ name, restoreAs }) => (restoreAs === '' ? { name } : { name, restoreAs }));
}

/** The name of a field in a row of the database list. @param {string} name @param {number} row */
export function rowName(name, row) {
  return row === 0 ? name : `${name}-${row}`;
}

/** The schemas of a provider's options. @param {any} provider @returns {Record<string, any>} */
export function pickedOptions(provider) {
  return Object.fromEntries(Object.entries(vocabulary.options).filter(([name]) => provider?.options.includes(name)));
}

/** @param {Record<string, any>} values @param {string} group @param {Record<string, any>} schemas */
function settingsIn(values, group, schemas) {
  return Object.fromEntries(
    Object.entries(schemas)
      .map(([name, schema]) => [name, schemaValue(values[`${group}-${name}`], schema)])
      .filter(([, value]) => value !== undefined),
  );
}
