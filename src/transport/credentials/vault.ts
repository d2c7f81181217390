import type { AccountCredentials, IssuedCredentials } from '../../domain/credentials.ts';
import type { Runtime } from '../../domain/runtime.ts';
import { type Account, type Credentials, VendorError, type VendorFailure } from '../../domain/vendor.ts';
import { createExchange, type Exchange } from '../exchange.ts';
import { reconfigured } from '../failure.ts';
import { dispatcherMaker, type MakeDispatcher } from '../outbound.ts';
import { RefreshingCredentials } from './refreshing.ts';
import { credentialSource } from './source.ts';

/** The credentials of all accounts, configured or issued. */
export interface CredentialVault {
  credentialsOf(account: Account): Promise<Credentials>;
  credentialsEnded(account: Account, credentials: Credentials): void;
  /** Why no credentials can be issued for the account now, or null. */
  refusal(account: Account): VendorFailure | null;
  /**
   * Takes over new settings. `gone`: names of the accounts whose credentials were removed or replaced; the credentials of other accounts
   * stay.
   */
  replace(accounts: VaultOptions['accounts'], gone: readonly string[]): void;
  close(): Promise<void>;
}

/** Dependencies of the credential vault. */
export interface VaultOptions {
  readonly accounts: readonly { readonly account: Account; readonly credentials: AccountCredentials }[];
  readonly runtime: Runtime;
  /** Outbound settings for calls to the account's issuer. Default: direct connections. */
  outboundOf?(account: Account): MakeDispatcher;
}

const directDispatcher = dispatcherMaker();
/** Deadline of a call to an issuing service, in milliseconds. It is short because a caller waits for the result. */
const issuerTimeoutMs = 5000;
/** Deadline of a call to a metadata service, in milliseconds. The service answers from the same machine or does not exist. */
const metadataTimeoutMs = 1500;

/** Creates the vault. `credentialsOf` throws `VendorError` if no credentials are available. */
export function createCredentialVault({ accounts, runtime, outboundOf }: VaultOptions): CredentialVault {
  const limits = { maxBodyBytes: 256 * 1024, connections: 4 };
  // A proxy cannot reach the metadata service of this machine, so the connection is direct.
  const metadata = createExchange({ callTimeoutMs: metadataTimeoutMs, ...limits });
  const issuers = new Map<MakeDispatcher, Exchange>();
  const exchangeFor = (account: Account, { issuer }: IssuedCredentials): Exchange => {
    if (issuer === 'metadata') return metadata;
    const dispatcher = issuer === 'pod' ? directDispatcher : (outboundOf?.(account) ?? directDispatcher);
    const known = issuers.get(dispatcher);
    const exchange = known ?? createExchange({ callTimeoutMs: issuerTimeoutMs, ...limits, dispatcher });
    issuers.set(dispatcher, exchange);
    return exchange;
  };
  const configured = new Map<string, () => Promise<Credentials>>();
  const issued = new Map<string, RefreshingCredentials>();
  const take = ({ account, credentials }: VaultOptions['accounts'][number]): void => {
    if ('read' in credentials) configured.set(account.name, credentials.read);
    else {
      const source = credentialSource(credentials, exchangeFor(account, credentials), runtime);
      issued.set(account.name, new RefreshingCredentials(source, runtime));
    }
  };
  for (const each of accounts) take(each);
  return {
    replace(present, gone) {
      for (const name of gone) {
        configured.delete(name);
        issued.delete(name);
      }
      for (const each of present) if (gone.includes(each.account.name)) take(each);
    },
    credentialsOf: async ({ name, provider }) => {
      const read = configured.get(name) ?? (() => issued.get(name)?.get());
      const credentials = await read();
      // The account has just been removed from the configuration.
      if (credentials === undefined) throw new VendorError(reconfigured('The call', provider));
      return credentials;
    },
    credentialsEnded: ({ name }, credentials) => issued.get(name)?.ended(credentials),
    refusal: ({ name }) => issued.get(name)?.refusal?.failure ?? null,
    close: async () => {
      await Promise.all([metadata, ...issuers.values()].map((each) => each.close()));
    },
  };
}
