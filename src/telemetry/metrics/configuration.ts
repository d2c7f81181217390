import type { Metrics } from './registry.ts';

/** Whether the configuration file, as it is now, is what the gateway goes by. */
export interface ConfigurationMetrics {
  /** `failed`: the file as it is now has faults, and an earlier version of it is in force. `restart`: parts of it wait for a restart. */
  show(state: { readonly failed: boolean; readonly restart: boolean }): void;
}

export function configurationMetrics({ gauge }: Metrics): ConfigurationMetrics {
  const failed = gauge(
    'config_reload_failed',
    '1 while the changed configuration file has faults and is not in force, else 0',
  );
  const restart = gauge(
    'config_restart_needed',
    '1 while the changed configuration file has parts that only a restart takes up, else 0',
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
