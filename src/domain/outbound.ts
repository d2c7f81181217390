import type { Secret } from './secret.ts';

/** Settings of outbound connections: proxies and trusted certificates. */
export interface OutboundSettings {
  /** Null: no proxy. */
  readonly proxy: ProxySettings | null;
  /** Certificates (PEM) to trust in addition to those of Node and of `NODE_EXTRA_CA_CERTS`; null: none. */
  readonly ca: string | null;
}

/** The proxies of outbound connections. */
export interface ProxySettings {
  /** Proxy URL for targets of each scheme, possibly with user and password. Null: such targets are called directly. */
  readonly http: Secret | null;
  readonly https: Secret | null;
  /** Hosts to call directly, as in `NO_PROXY`: names, suffixes that begin with a dot, `host:port` or `*`, separated by commas. */
  readonly except: string;
}

/** Hosts that are always called directly, because a proxy cannot reach this machine's loopback. In the form of `NO_PROXY`. */
export const ownMachine = 'localhost,.localhost,127.0.0.1,[::1],::1';

/** Connections without proxy and additional certificates. */
export const directly: OutboundSettings = { proxy: null, ca: null };
