/**
 * Serializes a query for the gateway: `{ state: ['pending', 'restoring'], labels: { team: 'orders' } }` becomes
 * `state=pending&state=restoring&label.team=orders`. Undefined and null members are omitted.
 */
export function queryString(query: Readonly<Record<string, unknown>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue;
    if (Array.isArray(value)) for (const each of value) parameters.append(name, String(each));
    else if (name === 'labels')
      for (const [key, label] of Object.entries(value)) parameters.append(`label.${key}`, String(label));
    else parameters.append(name, String(value));
  }
  return parameters.toString();
}
