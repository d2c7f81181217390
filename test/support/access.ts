/**
 * What an operation requires of a caller: nothing, a scope, or (`migrations:read.write`) two. `admin` permits
 * everything.
 */
export type Access =
  | 'open'
  | 'migrations:read'
  | 'migrations:write'
  | 'migrations:read.write'
  | 'migrations:cutover'
  | 'admin';

/** The requirement of each operation of the contract. */
export const accessOf: Readonly<Record<string, Access>> = {
  root: 'open',
  live: 'open',
  ready: 'open',
  listProblems: 'open',
  getProblem: 'open',
  createMigration: 'migrations:write',
  dryRunMigration: 'migrations:write',
  createMigrationBatch: 'migrations:write',
  cutOverMigrations: 'migrations:cutover',
  cancelMigrations: 'migrations:cutover',
  updateMigration: 'migrations:write',
  deleteMigration: 'migrations:write',
  addBackup: 'migrations:write',
  markBackupUploaded: 'migrations:write',
  removeBackup: 'migrations:write',
  getUploadTarget: 'migrations:write',
  cutOverMigration: 'migrations:cutover',
  cancelMigration: 'migrations:cutover',
  retryMigration: 'migrations:cutover',
  refreshMigration: 'migrations:read',
  listMigrations: 'migrations:read',
  getMigration: 'migrations:read',
  inspectBackups: 'migrations:read',
  getFeed: 'migrations:read',
  scanFeed: 'migrations:write',
  listBackups: 'migrations:read',
  getBackup: 'migrations:read',
  listMigrationEvents: 'migrations:read',
  listEvents: 'migrations:read',
  listProviders: 'migrations:read',
  getProvider: 'migrations:read',
  getBackupCommand: 'migrations:read',
  listAccounts: 'migrations:read',
  listForeignTasks: 'migrations:read',
  listAudit: 'admin',
  createWebhook: 'migrations:read.write',
  updateWebhook: 'migrations:read.write',
  deleteWebhook: 'migrations:write',
  redeliverEvent: 'migrations:read.write',
  rotateWebhookSecret: 'migrations:read.write',
  testWebhook: 'migrations:read.write',
  listWebhooks: 'migrations:read',
  getWebhook: 'migrations:read',
  listDeliveries: 'migrations:read',
};
