import type { CloudName, SandboxRequest, SandboxResponse } from '../cloud.ts';
import type { EmulatedObjects, VisibleObject } from './objects.ts';

/** An error of an object store. `fields`: additional XML elements. */
export class StoreRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, fields: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

/** A request with its bucket and key. */
export interface StoreRequest {
  readonly request: SandboxRequest;
  readonly bucket: string;
  /** Decoded key; null: the request concerns the bucket. */
  readonly key: string | null;
  /** Path of the URL as the client signs it. It includes the bucket only if the host does not. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** The differences between the three stores. */
export interface StoreDialect {
  readonly cloud: CloudName;
  /** Prefix of the vendor's headers: `x-oss`, `x-obs`, `x-cos`. */
  readonly prefix: string;
  /** Converts a storage class to the store's spelling. */
  storageClass(name: string): string;
  /** Throws `StoreRefusal` for a wrong signature, clock or token. `now`: milliseconds since the epoch. */
  verify(asked: StoreRequest, now: number): void;
  readonly pageSize: number;
  /** Whether lists show new objects immediately or with a delay. */
  readonly lists: 'at_once' | 'late';
  /** The error for a bucket in another region. */
  elsewhere(bucket: string): StoreRefusal;
}

/** Whether a request is for the object store: it has the signature of a store, or no signature and the path of a bucket. */
export function isForStore(request: SandboxRequest): boolean {
  const { authorization } = request.headers;
  if (authorization !== undefined) return /^(?:OSS |OSS4-|OBS |AWS |q-sign-algorithm)/.test(authorization);
  return request.query === 'apiversion' || (/^(?:GET|HEAD)$/.test(request.method) && bucketInPath(request) !== null);
}

const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** The emulated IAM and DRS use paths that start with a version. */
const versioned = /^v\d/;

function bucketInPath({ path }: SandboxRequest): string | null {
  const first = path.split('/')[1] ?? '';
  return bucketName.test(first) && !versioned.test(first) ? first : null;
}

/** Answers a request to the store. Supports lists and range reads. */
export function serveStore(
  dialect: StoreDialect,
  objects: EmulatedObjects,
  request: SandboxRequest,
  clock: { readonly now: number; readonly listLagMs: number; readonly requestId: string },
): SandboxResponse {
  const headers = { [`${dialect.prefix}-request-id`]: clock.requestId };
  try {
    if (request.query === 'apiversion') return { status: 200, headers: { ...headers, 'x-obs-api': '3.0' }, body: '' };
    const asked = located(request);
    dialect.verify(asked, clock.now);
    checkBucket(dialect, asked.bucket);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new StoreRefusal(405, 'MethodNotAllowed', 'The sandbox takes objects through its admin interface only.');
    const answer = asked.key === null ? list(dialect, objects, asked, clock) : read(dialect, objects, asked, clock.now);
    return { ...answer, headers: { ...headers, ...answer.headers } };
  } catch (error) {
    if (error instanceof StoreRefusal) return refused(error, headers, clock.requestId);
    throw error;
  }
}

/** An error in the format that all three stores have in common. */
export function refused(
  { status, code, message, fields }: StoreRefusal,
  headers: Readonly<Record<string, string>>,
  requestId: string,
): SandboxResponse {
  const elements = { Code: code, Message: message, RequestId: requestId, ...fields };
  const inner = Object.entries(elements).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  return {
    status,
    headers: { ...headers, 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner.join('')}</Error>`,
  };
}

/** Finds the bucket: the first label of the host, or the first part of the path if the host is an IP address. */
function located(request: SandboxRequest): StoreRequest {
  const target = new URL(request.path, 'http://sandbox');
  const host = target.host === 'sandbox' ? (request.headers.host ?? '') : target.host;
  const pathname = target.host === 'sandbox' ? request.path : target.pathname;
  const named = /^(?!\d+\.\d+\.\d+\.\d+|localhost|\[)([a-z0-9-]+)\./.exec(host)?.[1];
  const inPath = bucketInPath({ ...request, path: pathname });
  // One official SDK repeats the bucket of the host in the path.
  const inHost = named !== undefined && named !== inPath;
  const bucket = inHost ? named : inPath;
  if (bucket === null || bucket === undefined) throw new StoreRefusal(400, 'InvalidBucketName', 'No bucket is named.');
  const encoded = inHost ? pathname.slice(1) : pathname.slice(bucket.length + 2);
  let key: string;
  try {
    key = decodeURIComponent(encoded);
  } catch {
    throw new StoreRefusal(400, 'InvalidURI', 'The path is not percent-encoded UTF-8.');
  }
  // A plus sign is literal, because none of the three stores decodes queries as forms.
  const query = new URLSearchParams(request.query.replaceAll('+', '%2B'));
  return {
    request: { ...request, headers: { ...request.headers, host } },
    bucket,
    key: key || null,
    path: pathname,
    query,
  };
}

const words: readonly (readonly [word: RegExp, refusal: (dialect: StoreDialect, bucket: string) => StoreRefusal])[] = [
  [/elsewhere/, (dialect, bucket) => dialect.elsewhere(bucket)],
  [/private/, () => accessDenied()],
  [/slow-down/, () => new StoreRefusal(503, 'SlowDown', 'Please reduce your request rate.')],
  [/no-such/, () => new StoreRefusal(404, 'NoSuchBucket', 'The specified bucket does not exist.')],
];

function checkBucket(dialect: StoreDialect, bucket: string): void {
  for (const [word, refusal] of words) if (word.test(bucket)) throw refusal(dialect, bucket);
}

function accessDenied(): StoreRefusal {
  return new StoreRefusal(403, 'AccessDenied', 'You have no right to access this object.');
}

/** The error for a folder that the sandbox does not know. A real store rejects the read of an account without permission in the same way. */
function unknownFolder(): StoreRefusal {
  return new StoreRefusal(
    403,
    'AccessDenied',
    'The sandbox has no files in this folder. A restore from it still works.',
  );
}

function list(
  dialect: StoreDialect,
  objects: EmulatedObjects,
  { bucket, query }: StoreRequest,
  { now, listLagMs }: { readonly now: number; readonly listLagMs: number },
): SandboxResponse {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  if (!objects.knowsPrefix(bucket, prefix)) throw unknownFolder();
  const second = query.get('list-type') === '2';
  const token = query.get('continuation-token');
  const after = second
    ? token === null
      ? (query.get('start-after') ?? '')
      : Buffer.from(token, 'base64url').toString('utf8')
    : (query.get('marker') ?? '');
  const wanted = Number(query.get('max-keys') ?? (second ? 100 : 1000));
  if (!Number.isInteger(wanted) || wanted < 1) throw new StoreRefusal(400, 'InvalidArgument', 'max-keys is not valid.');
  if (second && wanted > 1000) throw new StoreRefusal(400, 'InvalidArgument', 'max-keys is at most 1000.');
  const size = Math.min(wanted, dialect.pageSize);
  const shown = objects
    .list(bucket, prefix)
    .filter((file) => now >= file.putAt && (dialect.lists === 'at_once' || now - file.putAt >= listLagMs))
    .filter((file) => Buffer.compare(Buffer.from(file.key), Buffer.from(after)) > 0);
  const folders = new Set<string>();
  const contents: VisibleObject[] = [];
  let last = '';
  let truncated = false;
  for (const file of shown) {
    if (contents.length + folders.size >= size) {
      truncated = true;
      break;
    }
    last = file.key;
    const cut = delimiter === '' ? -1 : file.key.indexOf(delimiter, prefix.length);
    if (cut === -1) contents.push(objects.see(file, now));
    else folders.add(file.key.slice(0, cut + delimiter.length));
  }
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : escapeXml;
  const next = second
    ? `<NextContinuationToken>${encode(Buffer.from(last).toString('base64url'))}</NextContinuationToken>`
    : `<NextMarker>${encode(last)}</NextMarker>`;
  const body = [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult>',
    `<Name>${bucket}</Name><Prefix>${encode(prefix)}</Prefix><MaxKeys>${size}</MaxKeys>`,
    query.get('encoding-type') === 'url' ? '<EncodingType>url</EncodingType>' : '',
    `<IsTruncated>${truncated}</IsTruncated>${truncated ? next : ''}`,
    ...contents.map(
      (each) =>
        `<Contents><Key>${encode(each.key)}</Key><LastModified>${new Date(each.changedAt).toISOString()}</LastModified>` +
        `<ETag>&quot;${each.etag}&quot;</ETag><Type>Normal</Type><Size>${each.size}</Size>` +
        `<StorageClass>${dialect.storageClass(each.storageClass)}</StorageClass></Contents>`,
    ),
    ...[...folders].map((folder) => `<CommonPrefixes><Prefix>${encode(folder)}</Prefix></CommonPrefixes>`),
    '</ListBucketResult>',
  ];
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: body.join('') };
}

function read(dialect: StoreDialect, objects: EmulatedObjects, asked: StoreRequest, now: number): SandboxResponse {
  const { bucket, key, request } = asked;
  const file = objects.get(bucket, key ?? '');
  if (file === undefined || now < file.putAt) {
    // An account that may not list a folder does not learn which keys are missing.
    if (!objects.knowsFolderOf(bucket, key ?? '')) throw unknownFolder();
    throw new StoreRefusal(404, 'NoSuchKey', 'The specified key does not exist.');
  }
  const object = objects.see(file, now);
  if (/ARCHIVE|COLD|GLACIER/.test(object.storageClass))
    throw new StoreRefusal(403, 'InvalidObjectState', 'The object has to be restored from the archive first.');
  const headers = {
    'content-type': 'application/octet-stream',
    'last-modified': new Date(object.changedAt).toUTCString(),
    etag: `"${object.etag}"`,
    'accept-ranges': 'bytes',
    [`${dialect.prefix}-storage-class`]: dialect.storageClass(object.storageClass),
  };
  const bytes = object.bytes();
  const range = rangeOf(request.headers.range, object.size);
  if (range === undefined) return { status: 200, headers, body: '', bytes };
  if (range === null) {
    if (dialect.cloud === 'alibaba' && request.headers['x-oss-range-behavior'] !== 'standard')
      return { status: 200, headers, body: '', bytes };
    throw new StoreRefusal(416, 'InvalidRange', 'The requested range cannot be satisfied.');
  }
  const [first, last] = range;
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${first}-${last}/${object.size}` },
    body: '',
    bytes: bytes.subarray(first, last + 1),
  };
}

/** The first and the last byte of the range. Null: the range cannot be satisfied. Undefined: no range was requested. */
function rangeOf(header: string | undefined, size: number): readonly [number, number] | null | undefined {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (parts === null || (parts[1] === '' && parts[2] === '')) return undefined;
  const [from, to] = [parts[1] ?? '', parts[2] ?? ''];
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return first < size && first <= last ? [first, last] : null;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
