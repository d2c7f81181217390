// @ts-check

/** @typedef {{ method: string, path: string, body?: unknown, headers?: Record<string, string> }} Call */

/**
 * A call as a shell command. The key appears as a variable, never as its value. Pure.
 * @param {Call} call @param {URL} root URL of the gateway. @param {boolean} withKey Whether the gateway requires a key.
 */
export function curlText({ method, path, body, headers = {} }, root, withKey) {
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(new URL(path, root).href)}`];
  if (withKey) lines.push('-H "authorization: Bearer $GODWIT_API_KEY"');
  if (body !== undefined) lines.push("-H 'content-type: application/json'");
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) lines.push(`-d ${quoted(JSON.stringify(body))}`);
  return lines.join(' \\\n  ');
}

/** @param {string} text */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
