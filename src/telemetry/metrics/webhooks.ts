import type { WebhookAttempt } from '../../domain/telemetry.ts';
import type { Metrics } from './registry.ts';

export interface WebhookMetrics {
  attempted(attempt: Pick<WebhookAttempt, 'outcome'>): void;
}

export function webhookMetrics({ counter }: Metrics): WebhookMetrics {
  const attempts = counter(
    'webhook_attempts_total',
    'Attempts to deliver an event to a webhook: `delivered`, `to_be_retried`, `given_up`',
    ['outcome'],
  );
  return { attempted: ({ outcome }) => attempts.inc({ outcome }) };
}
