/** Turns the current schema into the one before positions of removed events were kept. */
export const withoutRemovedEvents: readonly string[] = [
  'drop table removed_events',
  "delete from godwit_schema_versions where name >= '0014'",
];

/** Turns the current schema into the one before processes shared slow-downs. */
export const withoutSlowDowns: readonly string[] = [
  ...withoutRemovedEvents,
  'drop table slow_downs',
  "delete from godwit_schema_versions where name >= '0013'",
];

/** Turns the current schema into the one before processes divided the vendors' limits. */
export const withoutReplicas: readonly string[] = [
  ...withoutSlowDowns,
  'drop table replicas',
  "delete from godwit_schema_versions where name >= '0012'",
];

/** Turns the current schema into the one before every list had an index. */
export const withoutListIndexes: readonly string[] = [
  ...withoutReplicas,
  ...[
    'migrations_by_provider',
    'migrations_by_region',
    'migrations_by_account_and_state',
    'migrations_by_name',
    'migrations_of_instance',
    'migrations_waiting',
    'audit_by_time',
    'audit_of_caller',
    'audit_of_migration',
    'audit_of_account',
    'deliveries_by_state',
    'deliveries_due_by_webhook',
    'deliveries_leased',
  ].map((name) => `drop index ${name}`),
  'create index migrations_by_instance on migrations (account, instance_id)',
  'create index migrations_by_instance_id on migrations (instance_id)',
  'create index audit_by_caller on audit (caller, position)',
  'create index audit_by_migration on audit (migration_id, position)',
  "delete from godwit_schema_versions where name >= '0011'",
];
