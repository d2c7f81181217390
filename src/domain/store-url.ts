/** The parts of a PostgreSQL URL. */
export interface PostgresPlace {
  /** In the order of connection attempts. The first one that accepts writes is used. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Undefined: the database has the user's name. */
  readonly database: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The URL of a store is invalid. The message is one sentence and contains neither the user's name nor the password. */
export class StoreUrlFault extends Error {
  override readonly name = 'StoreUrlFault';
}

const form = /^postgres(?:ql)?:\/\/(?:([^@/?#]*)@)?([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
const defaultPort = 5432;
/** Supported parameters, by their names in libpq. */
const known = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'host', 'application_name', 'options'];

/** Supported values of `sslmode`. Any other value would mean a connection without TLS. */
const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/** Parses a `postgres://` URL with one host or several, separated by commas. Throws `StoreUrlFault`. */
export function postgresPlace(url: string): PostgresPlace {
  const parts = form.exec(url);
  if (parts === null || holdsCredentials(parts)) throw new StoreUrlFault(faultOf(url));
  const [, credentials = '', hostList = '', database = '', query = ''] = parts;
  const [user = '', ...password] = credentials.split(':');
  const parameters = new Map(new URLSearchParams(query));
  const attributes = parameters.get('target_session_attrs');
  if (attributes !== undefined && !['read-write', 'primary', 'any'].includes(attributes))
    throw new StoreUrlFault('the store URL has a `target_session_attrs` other than read-write: Godwit must write.');
  parameters.delete('target_session_attrs');
  const sslMode = parameters.get('sslmode');
  if (sslMode !== undefined && !sslModes.includes(sslMode))
    throw new StoreUrlFault(`the store URL has an unknown \`sslmode\`; known ones are ${sslModes.join(', ')}.`);
  for (const name of parameters.keys())
    if (!known.includes(name))
      throw new StoreUrlFault(`the store URL has an unknown parameter; known ones are ${known.join(', ')}.`);
  return {
    hosts: hostList.split(',').map((each) => hostAndPort(each, hostList.includes(','))),
    user: user === '' ? undefined : decoded(user, 'the user'),
    password: password.length === 0 ? undefined : decoded(password.join(':'), 'the password'),
    database: database === '' ? undefined : decoded(database, 'the database'),
    parameters,
  };
}

/** Whether an `@` after the hosts shows that an unencoded character of the password has split the URL. */
function holdsCredentials([, , , database = '', query = '']: readonly (string | undefined)[]): boolean {
  return database.includes('@') || query.includes('@');
}

function faultOf(url: string): string {
  const rest = url.replace(/^postgres(ql)?:\/\//, '');
  if (rest.includes('@'))
    return 'the user or the password in the store URL has a character that must be percent-encoded: `@` as %40, `/` as %2F, `?` as %3F, `#` as %23, `%` as %25.';
  return 'the store URL is not of the form postgres://user:password@host:port/database.';
}

function hostAndPort(text: string, amongSeveral: boolean): { readonly host: string; readonly port: number } {
  const [, bracketed, plain = '', port] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = port === undefined ? defaultPort : Number(port);
  if (host === '' && (text !== '' || amongSeveral))
    throw new StoreUrlFault('the store URL has a malformed host or port.');
  if (number < 1 || number > 65_535) throw new StoreUrlFault('the store URL has a port outside 1 to 65535.');
  return { host: host === '' ? 'localhost' : host, port: number };
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new StoreUrlFault(`${what} in the store URL has a \`%\` that must be written as %25.`);
  }
}

/** Hosts, ports and database in words, without credentials. */
export function placeInWords({ hosts, database, parameters }: PostgresPlace): string {
  const servers = hosts.map(({ host, port }) => `${parameters.get('host') ?? host}:${port}`).join(', ');
  return database === undefined ? servers : `${servers}, database ${database}`;
}
