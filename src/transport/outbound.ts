import { createRequire } from 'node:module';
import { getCACertificates } from 'node:tls';
import type { Agent, Dispatcher, RequestInit } from 'undici';
import { directly, type OutboundSettings, ownMachine } from '../domain/outbound.ts';
import type { Account } from '../domain/vendor.ts';

/** Loaded with the first connection: a hundred modules that a start does not need. */
const undici = (): typeof import('undici') => createRequire(import.meta.url)('undici');

/** Makes the connections of one kind of callers. */
export type MakeDispatcher = (options: Agent.Options) => Dispatcher;

/**
 * Connections as the settings want them: directly or through a proxy, with the certificates that are trusted beside the usual ones. What
 * `options.connect` says holds for direct connections; a proxy looks names up itself.
 */
export function dispatcherMaker({ proxy, ca }: OutboundSettings = directly): MakeDispatcher {
  const trusted = ca === null ? {} : { ca: [...getCACertificates('default'), ca] };
  return (options) => {
    const connect = { ...(typeof options.connect === 'object' ? options.connect : {}), ...trusted };
    if (proxy === null) return new (undici().Agent)({ ...options, connect });
    return new (undici().EnvHttpProxyAgent)({
      ...options,
      connect,
      requestTls: trusted,
      proxyTls: trusted,
      // Empty and not absent, so that the environment is read in one place only.
      httpProxy: proxy.http?.reveal() ?? '',
      httpsProxy: proxy.https?.reveal() ?? '',
      noProxy: proxy.except === '' ? ownMachine : `${ownMachine},${proxy.except}`,
    });
  };
}

/** The ways out of a gateway: its accounts', and the one for all else. */
export interface Outbound {
  of(account: Account): MakeDispatcher;
  readonly common: MakeDispatcher;
  /** As the global one, by the common way. */
  readonly fetch: typeof fetch;
  /** Takes up what the accounts' ways are now. */
  replaceAccounts(accounts: AccountWays): void;
  close(): Promise<void>;
}

type AccountWays = readonly { readonly account: Account; readonly outbound: OutboundSettings }[];

/** Ways that are the same are made once. */
export function createOutbound(settings: {
  readonly outbound: OutboundSettings;
  readonly accounts: AccountWays;
}): Outbound {
  const makers = new Map<OutboundSettings, MakeDispatcher>();
  const makerOf = (of: OutboundSettings): MakeDispatcher => {
    const maker = makers.get(of) ?? dispatcherMaker(of);
    makers.set(of, maker);
    return maker;
  };
  const common = makerOf(settings.outbound);
  const waysOf = (accounts: AccountWays) =>
    new Map(accounts.map(({ account, outbound }) => [account.name, makerOf(outbound)]));
  let own = waysOf(settings.accounts);
  let agent: Dispatcher | null = null;
  return {
    of: ({ name }) => own.get(name) ?? common,
    common,
    replaceAccounts(accounts) {
      own = waysOf(accounts);
    },
    // The same function but for its types, which Node ships in an older version.
    fetch: ((input: string, init: RequestInit) => {
      agent ??= common({});
      return undici().fetch(input, { ...init, dispatcher: agent });
    }) as unknown as typeof fetch,
    close: async () => {
      await agent?.destroy();
    },
  };
}
