import type { CallLimits, OperationLimit } from '../../domain/call-limits.ts';

const rds: OperationLimit = {
  calls: 10,
  perMs: 10_000,
  budget: 'RDS',
  source: 'RDS API Reference, "API Calling": 60 calls a minute and user, 8,000 a minute of an API',
};

/**
 * Published limits per operation. Only RDS publishes figures. Its operations share a budget, because the vendor counts calls per user. The
 * API gateway allows 200 calls of an API per second, and services allow far fewer. DRS and IAM publish no figure, so the account's limit
 * for reads or writes applies to each of their operations. The vendor throttles with HTTP 429 `APIGW.0308` or `IAM.0012`, and DRS with HTTP
 * 400 `DRS.M01503`; the call rate then decreases.
 */
export const callLimits: CallLimits = { ListInstances: rds, ListBackups: rds, ListSqlserverDatabases: rds };
