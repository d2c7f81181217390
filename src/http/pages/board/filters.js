// @ts-check

/** The filters of the list: the query of the page has the parameters of the API. Pure. */

/** Filters by a text: parameter and title. */
export const textFilters = /** @type {const} */ ([
  ['account', 'Account'],
  ['instanceId', 'Instance'],
  ['name', 'Name'],
  ['region', 'Region'],
]);

const known = ['state', 'provider', 'pageToken', ...textFilters.map(([name]) => name)];

/** The filters of the API; other and empty parameters are dropped. @param {URLSearchParams} query */
export function filterOf(query) {
  return new URLSearchParams(
    [...query].filter(([name, value]) => value !== '' && (known.includes(name) || name.startsWith('label.'))),
  );
}

/** Filters by labels; the form has no fields for them. @param {URLSearchParams} query */
export function labelsIn(query) {
  return [...query].filter(([name]) => name.startsWith('label.'));
}

/**
 * The filters of the form with the previous label filters, for the newest page.
 * @param {Iterable<[string, unknown]>} entries Names and values of the form. @param {URLSearchParams} query
 */
export function chosenFilters(entries, query) {
  const filters = new URLSearchParams();
  for (const [name, value] of entries) if (value !== '') filters.append(name, `${value}`);
  for (const [name, value] of labelsIn(query)) filters.append(name, value);
  return filters;
}

/** URL of another page of the list with the same filters. @param {URLSearchParams} query @param {string | null} token Null: the newest page. */
export function hrefOf(query, token) {
  const next = new URLSearchParams(query);
  if (token === null) next.delete('pageToken');
  else next.set('pageToken', token);
  return next.size === 0 ? './' : `?${next}`;
}
