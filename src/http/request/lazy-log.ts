import type { FastifyBaseLogger } from 'fastify';

type Write = (...values: readonly unknown[]) => void;

/** The log of one request. Most requests log nothing, so the logger with the request id is created on first use. */
export class LazyLog {
  readonly #logger: FastifyBaseLogger;
  readonly #bindings: Record<string, unknown>;
  #own: FastifyBaseLogger | null = null;

  constructor(logger: FastifyBaseLogger, bindings: Record<string, unknown>) {
    this.#logger = logger;
    this.#bindings = bindings;
  }

  get level(): string {
    return this.#logger.level;
  }

  child(...options: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.#log.child(...options);
  }

  trace(...values: readonly unknown[]): void {
    (this.#log.trace as Write)(...values);
  }

  debug(...values: readonly unknown[]): void {
    (this.#log.debug as Write)(...values);
  }

  info(...values: readonly unknown[]): void {
    (this.#log.info as Write)(...values);
  }

  warn(...values: readonly unknown[]): void {
    (this.#log.warn as Write)(...values);
  }

  error(...values: readonly unknown[]): void {
    (this.#log.error as Write)(...values);
  }

  fatal(...values: readonly unknown[]): void {
    (this.#log.fatal as Write)(...values);
  }

  silent(): void {}

  get #log(): FastifyBaseLogger {
    this.#own ??= this.#logger.child(this.#bindings);
    return this.#own;
  }
}
