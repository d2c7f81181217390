import { AsyncLocalStorage } from 'node:async_hooks';
import type { OpenSpan } from './span.ts';

/** The request, trace and span to which the running code belongs. */
export interface WorkContext {
  /** Id of the request that caused the work; null: the engine started the work. */
  readonly requestId: string | null;
  /** Trace id as 32 hexadecimal digits. */
  readonly traceId: string | null;
  /** The parent of new spans. */
  readonly span: OpenSpan | null;
}

const nobody: WorkContext = { requestId: null, traceId: null, span: null };
const storage = new AsyncLocalStorage<WorkContext>();

/** Returns the context of the running code. The context follows promises, timers and callbacks. */
export function presentContext(): WorkContext {
  return storage.getStore() ?? nobody;
}

/** Runs `work`, and everything that it starts, in this context. */
export function within<T>(context: WorkContext, work: () => T): T {
  return storage.run(context, work);
}
