import type { CallLimits, OperationLimit } from '../../domain/call-limits.ts';

const rds: OperationLimit = {
  calls: 10,
  perMs: 10_000,
  budget: 'RDS',
  source: 'RDS API Reference, "API Calling": 60 calls a minute and user, 8,000 a minute of an API',
};

/**
 * RDS alone names figures. Its operations share a budget, because the vendor counts by user. The API gateway takes 200 calls of an API a second and its
 * services far fewer: DRS and IAM name no figure, so the account's limits per kind hold for each of their operations. The vendor throttles with 429
 * `APIGW.0308` or `IAM.0012`, and DRS with 400 `DRS.M01503`; then fewer calls are made.
 */
export const callLimits: CallLimits = { ListInstances: rds, ListBackups: rds, ListSqlserverDatabases: rds };
