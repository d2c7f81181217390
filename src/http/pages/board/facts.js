// @ts-check
import { repeat } from './directives/repeat.js';
import { html, nothing } from './lit-html.js';
import { factList, momentOf } from './parts.js';
import { inWords, sourceInWords, titled } from './words.js';

/** The facts of a migration: its request and its times. @param {any} migration @param {any} provider */
export function factsOf(migration, provider) {
  const { id, account, region, mode, target, labels, description, options, providerOptions, createdBy } = migration;
  const { createdAt, startedAt, finishedAt, observedAt } = migration;
  const databases = (target.databases ?? []).map((/** @type {any} */ { name, restoreAs }) =>
    restoreAs && restoreAs !== name ? `${name} as ${restoreAs}` : name,
  );
  const settings = { ...options, ...providerOptions?.[migration.provider] };
  return factList([
    ['Id', html`<span class="mono">${id}</span>`],
    ['Description', description],
    ['Cloud', provider?.title ?? migration.provider],
    ['Account', `${account}, ${region}`],
    ['Instance', html`<span class="mono">${target.instanceId}</span>`],
    ['Databases', databases.join(', ') || 'whatever the backup holds'],
    ['Replaces', target.overwrite ? 'a database of the same name' : ''],
    ['Mode', mode],
    ['Labels', pairs(labels)],
    ['Options', pairs(settings)],
    ['Asked for by', createdBy],
    ['Stored', momentOf(createdAt)],
    ['Accepted', momentOf(startedAt)],
    ['Ended', momentOf(finishedAt)],
    ['Last observed', momentOf(observedAt)],
  ]);
}

/** The vendor’s status and ids, verbatim, for its console and for a support case. @param {any} migration */
export function vendorIds({ providerStatus, providerRefs, backups }) {
  const own = JSON.stringify(providerRefs);
  const others = backups.filter(
    (/** @type {any} */ each) => Object.keys(each.providerRefs).length > 0 && JSON.stringify(each.providerRefs) !== own,
  );
  if (!providerStatus && Object.keys(providerRefs).length === 0 && others.length === 0)
    return html`<p class="quiet">The vendor has issued none yet.</p>`;
  return html`${factList([
    ['Status', providerStatus ? html`<code>${providerStatus}</code>` : ''],
    ...refs(providerRefs),
  ])}
  ${others.slice(-10).map(
    (
      /** @type {any} */ each,
    ) => html`<h3 class="mono">${sourceInWords(each.source)[0]?.split('/').at(-1) ?? each.type}</h3>
      ${factList(refs(each.providerRefs))}`,
  )}`;
}

/** @param {Record<string, string>} given @returns {[string, any][]} */
function refs(given) {
  return Object.entries(given).map(([name, value]) => [name, html`<span class="mono">${value}</span>`]);
}

/** @param {Record<string, any>} given */
function pairs(given) {
  return Object.entries(given ?? {})
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ');
}

/** The events, newest first. @param {any[]} events @param {number} omitted Number of older events that are not shown. @param {any[]} backups */
export function eventLog(events, omitted, backups) {
  const nameOf = (/** @type {string} */ id) => {
    const backup = backups.find((each) => each.id === id);
    return backup === undefined ? id : `${backup.type} ${sourceInWords(backup.source)[0]?.split('/').at(-1) ?? ''}`;
  };
  return html`<ol class="events" tabindex="0" aria-labelledby="events-title">
      ${repeat(
        events.toReversed(),
        ({ id }) => id,
        ({ type, at, data }) => html`<li>
          <span class="quiet">${momentOf(at)}</span> <strong>${titled(type)}</strong>
          ${detailsOf(data, nameOf).map((each) => html`<div class="quiet">${each}</div>`)}
        </li>`,
      )}
    </ol>
    ${omitted > 0 ? html`<p class="quiet">${omitted} older events are in <code>GET …/events</code>.</p>` : nothing}`;
}

/** @param {Record<string, any>} data @param {(backupId: string) => string} nameOf @returns {any[]} */
function detailsOf(
  { backupId, from, to, operation, attempt, state, providerCode, providerMessage, requestId, ...more },
  nameOf,
) {
  const { number: _number, ...others } = more;
  const rest = Object.entries(others)
    .filter(([, value]) => value !== null && value !== false)
    .map(([name, value]) => `${inWords(name)} ${value}`);
  return [
    backupId && nameOf(backupId),
    from && to && `${inWords(from)} → ${inWords(to)}`,
    operation && html`<code>${operation}</code>: ${state}${attempt > 1 ? `, attempt ${attempt}` : ''}`,
    !operation && state && inWords(state),
    rest.join(', '),
    (providerCode || providerMessage) && `the vendor: ${[providerCode, providerMessage].filter(Boolean).join(': ')}`,
    requestId && html`request <code>${requestId}</code>`,
  ].filter(Boolean);
}
