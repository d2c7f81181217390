import type { FailureKind } from '../../domain/vendor.ts';

/** The meaning of a vendor error code. `detail` is the explanation for people. */
export interface Meaning {
  readonly kind: FailureKind;
  readonly detail: string;
}

const table = (kind: FailureKind, detail: string, codes: readonly string[]): [string, Meaning][] =>
  codes.map((code) => [code, { kind, detail }]);

/**
 * Meanings by code, for codes of the API gateway (`APIGW`, `APIG` and `APIC` are spellings of the same prefix; here `APIGW`), DRS, RDS and
 * IAM. Sources: “API Request Signing Guide: Error Codes”, the DRS error code page drs_05_0004 and the IAM error codes. `APIGW.0201` and
 * `APIGW.0301` have several meanings and are absent here: the HTTP status or the message decides.
 */
export const meanings: ReadonlyMap<string, Meaning> = new Map([
  // Gateway
  ...table('rejected', 'The API is not published at this endpoint: check the region and the endpoint of the account.', [
    'APIGW.0101',
    'APIGW.0103',
    'APIGW.0104',
    'APIGW.0105',
    'APIGW.0106',
  ]),
  ...table('unauthenticated', 'The gateway refuses this user: a list blocks the user, or a permission is missing.', [
    'APIGW.0302',
    'APIGW.0303',
    'APIGW.0304',
    'APIGW.0305',
    'APIGW.0306',
  ]),
  ...table('session_expired', 'The token has expired, was revoked, or belongs to another region.', ['APIGW.0307']),
  ...table('throttled', 'Huawei Cloud throttles the calls.', ['APIGW.0308', 'IAM.0012', 'DRS.M01503']),
  ...table('unauthenticated', 'The project cannot be used: it is frozen or belongs to another region.', ['APIGW.0310']),
  ...table('unauthenticated', 'Calls from this address are not allowed.', ['APIGW.0401', 'APIGW.0402', 'APIGW.0404']),
  ...table('rejected', 'The quota of calls is exhausted or frozen.', ['APIGW.0501', 'APIGW.0502']),
  ...table('unavailable', 'The gateway has an internal error.', [
    'APIGW.0601',
    'APIGW.0605',
    'APIGW.0606',
    'APIGW.0608',
    'APIGW.0609',
    'APIGW.0610',
    'APIGW.0611',
    'APIGW.0612',
    'APIGW.0613',
    'APIGW.0705',
  ]),
  ...table('rejected', 'The gateway cannot read the request.', ['APIGW.0602', 'APIGW.0607']),
  ...table('unauthenticated', 'The service or the user is not allowed in this region.', ['APIGW.0801', 'APIGW.0802']),
  // DRS
  ...table('rejected', 'DRS refuses the job without saying why.', ['DRS.10000001']),
  ...table('rejected', 'A parameter is not accepted.', [
    'DRS.10000009',
    'DRS.10020000',
    'DRS.M00007',
    'DRS.M00200',
    'DRS.M00201',
    'DRS.M00202',
    'DRS.M00210',
    'DRS.M00211',
    'DRS.M00273',
    'DRS.M00300',
    'DRS.M00301',
    'DRS.M00305',
  ]),
  ...table('rejected', 'The tags are not accepted.', ['DRS.M00269', 'DRS.M00270', 'DRS.M00271']),
  ...table('not_found', 'DRS does not know this job: it was deleted, or it belongs to another project.', [
    'DRS.10000010',
    'DRS.10020102',
    'DRS.M00289',
    'DRS.M05003',
    'DRS.M05004',
    'DRS.M00002',
  ]),
  ...table('unavailable', 'DRS has an internal error.', ['DRS.10000023', 'DRS.M00004', 'DRS.M01501']),
  ...table('busy', 'Another operation runs on the target instance. Wait until it has ended.', [
    'DRS.10000024',
    'DRS.M01504',
    'DRS.M06020',
    'DRS.M06021',
  ]),
  ...table('busy', 'The current state of the job or the instance does not allow this.', ['DRS.M00304']),
  ...table('unauthenticated', 'The account is restricted: arrears, a frozen account or a missing verification.', [
    'DRS.10020072',
    'DRS.M00105',
  ]),
  ...table('session_expired', 'DRS no longer accepts the token.', ['DRS.M00100']),
  ...table('unauthenticated', 'The user lacks the permission: drs:backupMigrationJob:*, OBS and RDS are needed.', [
    'DRS.M00101',
    'DRS.M00102',
    'DRS.M00103',
  ]),
  ...table('unauthenticated', 'The project id is wrong for this user or region.', ['DRS.M00261']),
  // The name of a job identifies one attempt of one backup. A name that is taken therefore means that the same call has arrived before.
  ...table('replayed', 'A job of this name already exists, so this call has probably arrived before.', ['DRS.M00277']),
  ...table('rejected', 'The target instance is not a usable RDS for SQL Server instance.', [
    'DRS.M05006',
    'DRS.M06007',
    'DRS.M06011',
  ]),
  ...table('rejected', 'The user or password of the database is wrong.', ['DRS.KE0002']),
  // RDS
  ...table('not_found', 'RDS does not know this instance.', ['DBS.280110']),
  // IAM
  ...table('unauthenticated', 'The user is locked after too many wrong passwords. Wait until the lock expires.', [
    'IAM.0061',
  ]),
  ...table('unauthenticated', 'The user name or the password is wrong. A HUAWEI ID cannot log in: use an IAM user.', [
    'IAM.0062',
  ]),
  ...table('session_expired', 'The token has expired or is invalid.', [
    'IAM.0001',
    'IAM.0063',
    'IAM.0064',
    'IAM.0066',
    'IAM.0067',
  ]),
  ...table('unauthenticated', 'A policy denies this.', ['IAM.0002', 'IAM.0003']),
  ...table(
    'unauthenticated',
    'IAM does not know the account, user or project that is configured. `accountName` is the account’s name, not a domain and not the IAM user.',
    ['IAM.0004'],
  ),
  ...table('unavailable', 'IAM has an internal fault.', ['IAM.0006']),
  ...table('rejected', 'IAM cannot read the request.', ['IAM.0011']),
  ...table('unavailable', 'IAM of this region has temporarily moved; set the global IAM endpoint on the account.', [
    'IAM.0020',
  ]),
  ...table('unauthenticated', 'The access key or the user is disabled.', ['IAM.0080', 'IAM.0082']),
  ...table('unauthenticated', 'The user has no programmatic access; switch it on in IAM.', ['IAM.0081']),
  ...table('unauthenticated', 'The user has no right to this region.', ['IAM.0083']),
]);

/** Meanings of `APIGW.0301` (“Incorrect IAM authentication information: …”) by the remainder of the message. The first match applies. */
export const authenticationMeanings: readonly (readonly [pattern: RegExp, meaning: Meaning])[] = [
  [
    /signature expired|signature time/i,
    { kind: 'clock_skew', detail: 'The time of the signature is off by more than 15 minutes.' },
  ],
  [
    /reach the limit/i,
    {
      kind: 'unauthenticated',
      detail: 'The access key is locked for 5 minutes after too many wrong signatures. Check the secret key first.',
    },
  ],
  [/ak not exist|get secretkey failed/i, { kind: 'unauthenticated', detail: 'The access key id is unknown.' }],
  [
    /verify aksk signature fail/i,
    {
      kind: 'unauthenticated',
      detail: 'The signature is wrong: check the secret key, and that no proxy changes headers.',
    },
  ],
  [/token not found/i, { kind: 'unauthenticated', detail: 'The call carried no token.' }],
  [
    /decrypt token fail|token (has |is )?(expire|invalid)|token must be updated/i,
    { kind: 'session_expired', detail: 'The token has expired or belongs to another region.' },
  ],
];

/**
 * Codes that DRS returns for backup migration although its error code page does not list them. The message determines the meaning; the
 * first match applies.
 */
const unlistedCodes: ReadonlySet<string> = new Set([
  'DRS.K01012',
  'DRS.K01013',
  'DRS.K02000',
  'DRS.K02001',
  'DRS.K02006',
  'DRS.K02014',
  'DRS.K02028',
  'DRS.K02039',
  'DRS.K02058',
  'DRS.K02059',
  'DRS.K02901',
  'DRS.M01111',
]);
const unlistedMeanings: readonly (readonly [pattern: RegExp, meaning: Meaning])[] = [
  [
    /\bname\b[^.]{0,40}\b(?:already exists?|is (?:already )?(?:in use|used|taken)|duplicate)/i,
    { kind: 'replayed', detail: 'A job of this name already exists, so this call has probably arrived before.' },
  ],
  [
    /\b(?:in use|being used|used by|occupied|another (?:task|job|operation)|is running)\b/i,
    { kind: 'busy', detail: 'Another task uses the target instance. Wait until it has ended.' },
  ],
  [
    /\b(?:abnormal|internal|system error|service (?:error|unavailable)|try again later)\b/i,
    { kind: 'unavailable', detail: 'DRS has an internal error.' },
  ],
];

/** The meaning of such a code according to its message; undefined for any other code. */
export function unlistedMeaning(code: string, message: string | null): Meaning | undefined {
  if (!unlistedCodes.has(code)) return undefined;
  return (
    unlistedMeanings.find(([pattern]) => pattern.test(message ?? ''))?.[1] ??
    rejected('DRS refuses the job; its message says why.')
  );
}

const rejected = (detail: string): Meaning => ({ kind: 'rejected', detail });

/** The meaning of an HTTP status, for a response without a known code. */
export function meaningOfStatus(httpStatus: number): Meaning {
  if (httpStatus >= 500) return { kind: 'unavailable', detail: 'Huawei Cloud has an internal error or is overloaded.' };
  switch (httpStatus) {
    case 401:
      return { kind: 'unauthenticated', detail: 'Huawei Cloud does not accept the credentials.' };
    case 403:
      return { kind: 'unauthenticated', detail: 'The credentials lack a permission, or the account is restricted.' };
    case 404:
      return { kind: 'not_found', detail: 'Huawei Cloud does not find the resource of this call.' };
    case 408:
      return { kind: 'timeout', detail: 'Huawei Cloud gave up waiting for the request.' };
    case 409:
      return { kind: 'busy', detail: 'The current state of the resource does not allow this.' };
    case 413:
      return rejected('The body is larger than 12 MB.');
    case 429:
      return { kind: 'throttled', detail: 'Huawei Cloud throttles the calls.' };
    case 431:
    case 494:
      return rejected('The token makes the headers too large. Give the user fewer roles, or use an access key.');
    default:
      return httpStatus >= 400
        ? rejected('Huawei Cloud refuses the request.')
        : { kind: 'malformed', detail: 'The response differs from what Huawei Cloud documents.' };
  }
}
