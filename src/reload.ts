import type { Logger } from 'pino';
import { type Config, ConfigError } from './config/config.ts';
import type { Gateway } from './gateway.ts';

/** The result of a reload. */
export type Reload =
  /** The new configuration is active, except for sections that need a restart. */
  | { readonly outcome: 'taken_up'; readonly needRestart: readonly string[]; readonly warnings: readonly string[] }
  /** The new configuration has faults, and the previous one stays active. */
  | { readonly outcome: 'refused'; readonly faults: readonly string[] };

/**
 * Creates a function that reads the configuration again and applies it to a running gateway. Requests during a reload cause one more
 * reload. Faults of the file are logged and do not stop the gateway.
 */
export function createReloader(
  gateway: Pick<Gateway, 'reload' | 'reloadFailed'>,
  read: () => Promise<Config>,
  log: Pick<Logger, 'info' | 'warn' | 'error'>,
): () => Promise<void> {
  let running: Promise<void> | null = null;
  let again = false;

  async function once(): Promise<void> {
    const reload = await readAndApply(gateway, read);
    if (reload.outcome === 'refused') {
      gateway.reloadFailed();
      log.error({ faults: reload.faults }, 'the changed configuration is invalid; the previous one stays in force');
      return;
    }
    const { needRestart, warnings } = reload;
    for (const warning of warnings) log.warn({}, warning);
    log.info({}, 'the changed configuration is in force');
    if (needRestart.length > 0)
      log.warn({ sections: needRestart }, 'parts of the changed configuration need a restart');
  }

  return () => {
    if (running !== null) {
      again = true;
      return running;
    }
    running = (async () => {
      do {
        again = false;
        await once();
      } while (again);
    })().finally(() => {
      running = null;
    });
    return running;
  };
}

async function readAndApply(gateway: Pick<Gateway, 'reload'>, read: () => Promise<Config>): Promise<Reload> {
  try {
    const config = await read();
    return { outcome: 'taken_up', needRestart: await gateway.reload(config), warnings: config.warnings };
  } catch (error) {
    if (error instanceof ConfigError) return { outcome: 'refused', faults: error.faults };
    // An unexpected error must not end a working gateway, so it is reported like a fault.
    return { outcome: 'refused', faults: [error instanceof Error ? error.message : String(error)] };
  }
}
