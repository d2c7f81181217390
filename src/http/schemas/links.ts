/** OpenAPI links: operations that take an id from a response. */

const toMigration = (operationId: string, description: string) => ({
  operationId,
  description,
  parameters: { id: '$response.body#/id' },
});
const toWebhook = toMigration;

/** `components.links` of the document. */
export const linkComponents = {
  Follow: toMigration('getMigration', 'Read the migration.'),
  Events: toMigration('listMigrationEvents', 'List its events.'),
  AddBackup: toMigration('addBackup', 'Add a backup to the chain.'),
  CutOver: toMigration('cutOverMigration', 'Open the database.'),
  Cancel: toMigration('cancelMigration', 'Cancel the migration.'),
  Retry: toMigration('retryMigration', 'Retry.'),
  Forget: toMigration('deleteMigration', 'Delete the record, once it has ended.'),
  Backup: {
    operationId: 'getBackup',
    description: 'Read the backup.',
    parameters: { id: '$request.path.id', backupId: '$response.body#/id' },
  },
  Webhook: toWebhook('getWebhook', 'Read the webhook.'),
  Deliveries: toWebhook('listDeliveries', 'List its deliveries.'),
} as const;

const migrationLinks = ['Follow', 'Events', 'AddBackup', 'CutOver', 'Cancel', 'Retry', 'Forget'] as const;

/** Links by operation and status. */
const linksOf: Readonly<Record<string, readonly (keyof typeof linkComponents)[]>> = {
  'createMigration 201': migrationLinks,
  'createMigration 202': migrationLinks,
  'getMigration 200': migrationLinks.slice(1),
  'addBackup 201': ['Backup'],
  'createWebhook 201': ['Webhook', 'Deliveries'],
};

/** References to the links of a response; undefined: it has none. */
export function answerLinks(operationId: string, status: string): Record<string, object> | undefined {
  const names = linksOf[`${operationId} ${status}`];
  return names && Object.fromEntries(names.map((name) => [name, { $ref: `#/components/links/${name}` }]));
}
