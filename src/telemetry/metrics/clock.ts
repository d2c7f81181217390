import type { ClockStep } from '../../domain/steady-clock.ts';
import type { Metrics } from './registry.ts';

/** Metrics about the machine's clock. */
export interface ClockMetrics {
  stepped(step: Pick<ClockStep, 'direction'>): void;
}

/** Creates the metrics about the machine's clock. */
export function clockMetrics({ counter }: Metrics): ClockMetrics {
  const steps = counter('clock_steps_total', 'Detected steps of the clock: `back` or `forward`', ['direction']);
  for (const direction of ['back', 'forward']) steps.inc({ direction }, 0);
  return { stepped: ({ direction }) => steps.inc({ direction }) };
}
