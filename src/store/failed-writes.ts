import { StoreOutcomeUnknown, StoreUnavailable } from '../domain/store.ts';
import type { Backend, Session } from './session.ts';

/**
 * Wraps a database so that `check` also writes if the last write failed. With a full disk or a read-only medium, a database answers every
 * query but stores nothing.
 */
export function noticingFailedWrites(backend: Backend): Backend {
  let failing = false;

  async function write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    try {
      const result = await backend.write(work);
      failing = false;
      return result;
    } catch (error) {
      if (error instanceof StoreUnavailable || error instanceof StoreOutcomeUnknown) failing = true;
      throw error;
    }
  }

  return {
    dialect: backend.dialect,
    unreadable: backend.unreadable,
    read: (work) => backend.read(work),
    version: (id) => backend.version(id),
    write,
    onChange: (listener) => backend.onChange(listener),
    onOtherHistory: (listener) => backend.onOtherHistory(listener),
    receivesNotifications: () => backend.receivesNotifications(),
    clockOffset: () => backend.clockOffset(),
    async check() {
      await backend.check();
      if (failing) await write(writeAndForget);
    },
    close: () => backend.close(),
  };
}

/** Writes a row and deletes it again; both must reach the disk. */
async function writeAndForget({ db }: Session): Promise<void> {
  const digest = 'readiness';
  const row = { digest, document: 'x'.repeat(65_536), created_at: 0 };
  await db
    .insertInto('idempotency_keys')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await db.deleteFrom('idempotency_keys').where('digest', '=', digest).execute();
}
