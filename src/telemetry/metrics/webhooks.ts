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
  // A counter that appears with its first count has not grown, for whoever asks how much it has.
  for (const outcome of ['delivered', 'to_be_retried', 'given_up']) attempts.inc({ outcome }, 0);
  return { attempted: ({ outcome }) => attempts.inc({ outcome }) };
}
