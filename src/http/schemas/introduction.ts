/** The introduction of the OpenAPI document. */
export const introduction = `One REST resource, \`/migrations\`, restores SQL Server backups (\`.bak\`) into managed instances on Alibaba Cloud, Huawei Cloud and
Tencent Cloud.

**First steps.** \`POST /migrations\` with one of the examples, then \`GET\` the \`Location\` until \`state\` is \`succeeded\`. In the sandbox every
example works unchanged, without a cloud account. \`POST /migrations/dry-run\` shows the calls to the vendor and sends nothing.

**A chain.** In mode \`full_log\` or \`full_differential\` the migration waits at \`awaiting_backup\` after the full backup. Add backups, then cut over or
mark the last one \`final\`.

**Safe to repeat.** Send an \`Idempotency-Key\` with every POST. The same key and request return the first answer again.

**Problems.** Every answer with a status of 400 or above is \`application/problem+json\` (RFC 9457) with a \`code\` from a closed catalogue; \`/problems/{code}\` explains it.
\`retryable\` says whether the same request can succeed later. If a vendor rejected the call, \`provider\` contains its own words and request id.`;

export const tags = [
  { name: 'Migrations', description: 'Start, follow, change and delete migrations.' },
  { name: 'Backups', description: 'The chain of backups of a migration.' },
  { name: 'Actions', description: 'Cut over, cancel, retry.' },
  { name: 'Events', description: 'Events in order.' },
  { name: 'Webhooks', description: 'Events sent to your receivers.' },
  { name: 'Providers', description: 'The capabilities of each cloud, and the configured accounts.' },
  { name: 'Problems', description: 'The catalogue of problems.' },
  { name: 'Operation', description: 'Probes and links.' },
];
