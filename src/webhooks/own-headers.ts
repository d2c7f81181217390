/** Headers that Godwit sets itself, or that belong to the connection instead of the message (RFC 9110, section 7.6.1). */
const refused: ReadonlySet<string> = new Set([
  ...['content-type', 'content-length', 'content-encoding', 'user-agent', 'host', 'date', 'expect', 'traceparent'],
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

/** Why a webhook cannot have a header of this name, as a predicate; null: it can. */
export function headerNameFault(name: string): string | null {
  const lower = name.toLowerCase();
  if (refused.has(lower)) return 'is set by Godwit, or belongs to the connection';
  if (lower.startsWith('webhook-') || lower.startsWith('proxy-'))
    return 'begins like the names that Godwit sets itself';
  return null;
}

/** Converts names to lower case, so that each header is one member. */
export function withLowerNames(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Applies a merge patch to headers: null removes one header, or all. */
export function mergedHeaders(
  current: Readonly<Record<string, string>>,
  patch: Readonly<Record<string, string | null>> | null,
): Readonly<Record<string, string>> {
  if (patch === null) return {};
  const merged: Record<string, string> = { ...current };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name.toLowerCase()];
    else merged[name.toLowerCase()] = value;
  }
  return merged;
}
