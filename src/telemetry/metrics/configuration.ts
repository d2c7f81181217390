import type { Metrics } from './registry.ts';

/** Metrics about the configuration file. */
export interface ConfigurationMetrics {
  /** `failed`: the current file has faults, and an earlier version is active. `restart`: parts of the file need a restart. */
  show(state: { readonly failed: boolean; readonly restart: boolean }): void;
}

/** Creates the metrics about the configuration file. */
export function configurationMetrics({ gauge }: Metrics): ConfigurationMetrics {
  const failed = gauge(
    'config_reload_failed',
    '1 while the changed configuration file has faults and is not applied, else 0',
  );
  const restart = gauge(
    'config_restart_needed',
    '1 while the changed configuration file has sections that only a restart applies, else 0',
  );
  const metrics: ConfigurationMetrics = {
    show(state) {
      failed.set(Number(state.failed));
      restart.set(Number(state.restart));
    },
  };
  metrics.show({ failed: false, restart: false });
  return metrics;
}
