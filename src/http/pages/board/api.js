// @ts-check
import { curlText } from './curl.js';

/** Calls to the API, relative to the page. The API key is kept in this tab's session storage. */

const root = new URL('../', globalThis.document.baseURI);
const keyName = 'godwit-key';

/** @returns {Record<string, string>} */
function credentials() {
  const key = sessionStorage.getItem(keyName);
  return key === null ? {} : { authorization: `Bearer ${key}` };
}

/** @param {string} key */
export function rememberKey(key) {
  if (key === '') sessionStorage.removeItem(keyName);
  else sessionStorage.setItem(keyName, key);
}

/** A problem document of the API, or a gateway that did not answer (status 0). */
export class ApiProblem extends Error {
  /** @param {number} status @param {any} problem @param {number | null} [retryAfterMs] */
  constructor(status, problem, retryAfterMs = null) {
    super(problem?.detail ?? `The gateway answered ${status}.`);
    this.status = status;
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}

/** @param {unknown} error @returns {ApiProblem} */
export function problemOf(error) {
  if (error instanceof ApiProblem) return error;
  const detail = 'The gateway does not answer. The request may have arrived: check before you send it again.';
  return new ApiProblem(0, { code: 'unreachable', title: 'No answer', detail });
}

/**
 * @param {string} path @param {Record<string, string>} headers @param {RequestInit} [more]
 * @returns {Promise<Response>}
 */
export async function send(path, headers, more = {}) {
  const response = await fetch(new URL(path, root), { ...more, headers: { ...credentials(), ...headers } });
  if (response.ok || response.status === 304) return response;
  const text = await response.text();
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  throw new ApiProblem(response.status, jsonIn(text), Number.isNaN(seconds) ? null : seconds * 1000);
}

/** The JSON in a text; a proxy may answer with anything else. @param {string} text */
function jsonIn(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Calls the API; throws `ApiProblem`. `body` of the result is null without a body, also for 304.
 * @param {string} method @param {string} path @param {unknown} [body] @param {Record<string, string>} [headers]
 * @returns {Promise<{ status: number, body: any, etag: string | null }>}
 */
export async function call(method, path, body, headers = {}) {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await send(
    path,
    { accept: 'application/json', ...type, ...headers },
    { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
  );
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? null : JSON.parse(text),
    etag: response.headers.get('etag'),
  };
}

/** A new idempotency key. Pages without TLS have no `crypto.randomUUID`. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A call as a `curl` command. @param {import('./curl.js').Call} call */
export function curlOf(call) {
  return curlText(call, root, Object.keys(credentials()).length > 0);
}
