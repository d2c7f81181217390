import { createRequire } from 'node:module';
import { getCACertificates } from 'node:tls';
import type { Agent, Dispatcher, RequestInit } from 'undici';
import { directly, type OutboundSettings, ownMachine } from '../domain/outbound.ts';
import type { Account } from '../domain/vendor.ts';

/** Loads undici with the first connection, because it consists of about a hundred modules that the start does not need. */
const undici = (): typeof import('undici') => createRequire(import.meta.url)('undici');

/** Creates a dispatcher (a pool of connections) with the given options. */
export type MakeDispatcher = (options: Agent.Options) => Dispatcher;

/**
 * Returns a factory of dispatchers that apply the outbound settings: directly or through a proxy, with the additional certificate
 * authority. `options.connect` applies to direct connections only; a proxy resolves names itself.
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
      // An empty text instead of undefined keeps undici from reading the proxy variables of the environment.
      httpProxy: proxy.http?.reveal() ?? '',
      httpsProxy: proxy.https?.reveal() ?? '',
      noProxy: proxy.except === '' ? ownMachine : `${ownMachine},${proxy.except}`,
    });
  };
}

/** The outbound connections of a gateway: those of each account, and the common ones for everything else. */
export interface Outbound {
  of(account: Account): MakeDispatcher;
  readonly common: MakeDispatcher;
  /** `fetch` over the common connections. */
  readonly fetch: typeof fetch;
  /** Applies changed outbound settings of the accounts. */
  replaceAccounts(accounts: AccountWays): void;
  close(): Promise<void>;
}

type AccountWays = readonly { readonly account: Account; readonly outbound: OutboundSettings }[];

/** Creates the outbound connections. Equal settings share a factory. */
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
    // undici's `fetch` behaves like the global one; only its types differ from the older ones that Node includes.
    fetch: ((input: string, init: RequestInit) => {
      agent ??= common({});
      return undici().fetch(input, { ...init, dispatcher: agent });
    }) as unknown as typeof fetch,
    close: async () => {
      await agent?.destroy();
    },
  };
}
