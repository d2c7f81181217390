/** The introduction of the OpenAPI document. */
export const introduction = `One REST resource, \`/migrations\`, restores SQL Server backups (\`.bak\`) into managed instances on Alibaba Cloud, Huawei Cloud and
Tencent Cloud.

**First steps.** \`POST /migrations\` with one of the examples, follow \`Location\` with \`GET\` until \`state\` is \`succeeded\`. In the sandbox every
example works as it stands; no cloud account is needed. \`POST /migrations/dry-run\` shows the calls to the vendor and sends nothing.

**A chain.** In mode \`full_log\` or \`full_differential\` the migration rests at \`awaiting_backup\` after the full backup. Add backups, then cut over or
mark the last one \`final\`.

**Safe to repeat.** Send an \`Idempotency-Key\` with every POST. The same key and request get the first answer again.

**Problems.** Every answer of 400 and above is \`application/problem+json\` (RFC 9457) with a \`code\` of a closed catalogue; \`/problems/{code}\` explains it.
\`retryable\` says whether the same request can succeed later. Where a vendor spoke, \`provider\` holds its own words and request id.`;

export const tags = [
  { name: 'Migrations', description: 'Start, follow, describe and forget migrations.' },
  { name: 'Backups', description: 'The chain of backups of a migration.' },
  { name: 'Actions', description: 'Cut over, cancel, try again.' },
  { name: 'Events', description: 'What happened, in order.' },
  { name: 'Webhooks', description: 'Events sent to receivers of yours.' },
  { name: 'Providers', description: 'What each cloud can do, and the configured accounts.' },
  { name: 'Problems', description: 'The catalogue of problems.' },
  { name: 'Operation', description: 'Probes and links.' },
];
