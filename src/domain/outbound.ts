import type { Secret } from './secret.ts';

/** Outbound connections: their proxy and trusted certificates. */
export interface OutboundSettings {
  /** Null: no proxy. */
  readonly proxy: ProxySettings | null;
  /** Certificates (PEM) that are trusted beside those of Node and of `NODE_EXTRA_CA_CERTS`; null: none. */
  readonly ca: string | null;
}

export interface ProxySettings {
  /** URLs of the proxies for targets of each scheme; they may carry a user and a password. Null: such targets are called directly. */
  readonly http: Secret | null;
  readonly https: Secret | null;
  /** Hosts that are called directly, as in `NO_PROXY`: names, suffixes that begin with a dot, `host:port`, `*`; separated by commas. */
  readonly except: string;
}

/** Hosts of this machine, which no proxy can reach. As in `NO_PROXY`. */
export const ownMachine = 'localhost,.localhost,127.0.0.1,[::1],::1';

export const directly: OutboundSettings = { proxy: null, ca: null };
