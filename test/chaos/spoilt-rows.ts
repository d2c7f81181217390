import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { newId } from '../../src/domain/ids.ts';
import { systemRuntime } from '../../src/runtime.ts';

/** Unreadable rows that are always due. Every claim meets them first. */
const spoiltDocuments = ['{}', '[]', '{"state":"restoring","backups":null}'];

function statementOf(document: string): string {
  const id = newId('mig', systemRuntime);
  return `insert into migrations (id, document, provider, account, region, state, instance_id, created_at, due_at, fence, version,
    occupies_instance, waits_for_instance, vendor_ids)
    values ('${id}', '${document}', 'alibaba', 'sandbox-alibaba', 'cn-hangzhou', 'restoring', 'rm-spoilt', 0, 0, 0, 1, 0, 0, '[]')`;
}

/** Inserts them into the database of a gateway that has created its tables. */
export async function spoilRows(storeUrl: string): Promise<void> {
  const statements = spoiltDocuments.map(statementOf);
  if (storeUrl.startsWith('sqlite:')) {
    const database = new DatabaseSync(storeUrl.slice('sqlite:'.length), { timeout: 5000 });
    for (const statement of [...statements, statementOf('{"id": "mig')]) database.exec(statement);
    database.close();
    return;
  }
  const client = new Client({ connectionString: storeUrl });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}
