import { AsyncLocalStorage } from 'node:async_hooks';
import type { OpenSpan } from './span.ts';

/** To what the code that runs now belongs. */
export interface WorkContext {
  /** The request that caused it; null: the engine works on its own account. */
  readonly requestId: string | null;
  /** 32 hex digits. */
  readonly traceId: string | null;
  /** The span that new ones go under. */
  readonly span: OpenSpan | null;
}

const nobody: WorkContext = { requestId: null, traceId: null, span: null };
const storage = new AsyncLocalStorage<WorkContext>();

/** The context of the code that runs now. It follows promises, timers and callbacks. */
export function presentContext(): WorkContext {
  return storage.getStore() ?? nobody;
}

/** Runs `work` and all that it starts in this context. */
export function within<T>(context: WorkContext, work: () => T): T {
  return storage.run(context, work);
}
