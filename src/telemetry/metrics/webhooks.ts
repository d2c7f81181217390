import type { WebhookAttempt } from '../../domain/telemetry.ts';
import type { Metrics } from './registry.ts';

/** Metrics about webhook deliveries. */
export interface WebhookMetrics {
  attempted(attempt: Pick<WebhookAttempt, 'outcome'>): void;
}

/** Creates the metrics about webhook deliveries. */
export function webhookMetrics({ counter }: Metrics): WebhookMetrics {
  const attempts = counter(
    'webhook_attempts_total',
    'Attempts to deliver an event to a webhook: `delivered`, `to_be_retried`, `given_up`',
    ['outcome'],
  );
  // The series start at 0, because a query sees no increase in a series that starts with a count.
  for (const outcome of ['delivered', 'to_be_retried', 'given_up']) attempts.inc({ outcome }, 0);
  return { attempted: ({ outcome }) => attempts.inc({ outcome }) };
}
