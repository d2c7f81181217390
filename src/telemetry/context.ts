import { AsyncLocalStorage } from 'node:async_hooks';
import type { OpenSpan } from './span.ts';

/** The request, trace and span that the running code belongs to. */
export interface WorkContext {
  /** The request that caused the work; null: the engine started it. */
  readonly requestId: string | null;
  /** 32 hex digits. */
  readonly traceId: string | null;
  /** The parent of new spans. */
  readonly span: OpenSpan | null;
}

const nobody: WorkContext = { requestId: null, traceId: null, span: null };
const storage = new AsyncLocalStorage<WorkContext>();

/** The context of the running code. It follows promises, timers and callbacks. */
export function presentContext(): WorkContext {
  return storage.getStore() ?? nobody;
}

/** Runs `work` and everything it starts in this context. */
export function within<T>(context: WorkContext, work: () => T): T {
  return storage.run(context, work);
}
