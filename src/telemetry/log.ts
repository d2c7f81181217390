import { type DestinationStream, type Logger, pino } from 'pino';
import type { VendorCallReport } from '../domain/vendor.ts';
import { presentContext } from './context.ts';

/** Maximum number of buffered characters. */
const keptBack = 8192;

/**
 * Creates the log destination for standard output. All lines of one turn of the event loop are written together, because a write costs as
 * much as formatting a line. Buffered lines are written when the process exits.
 */
export function standardOutput(process: Pick<NodeJS.Process, 'once'>): DestinationStream {
  const output = pino.destination({ dest: 1, sync: true, minLength: keptBack });
  let waiting = false;
  const flush = (): void => {
    waiting = false;
    output.flushSync();
  };
  process.once('exit', flush);
  return {
    write(line) {
      output.write(line);
      if (waiting) return;
      waiting = true;
      setImmediate(flush);
    },
  };
}

/**
 * Creates the log with one JSON line per event. A line that belongs to a trace contains `traceId`. Default destination: standard output,
 * with one write per line.
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: traceFields,
    mixinMergeStrategy: (line: object, trace: object) => (trace === noTrace ? line : { ...line, ...trace }),
  };
  return destination ? pino(options, destination) : pino(options);
}

const noTrace: object = {};

function traceFields(): object {
  const { traceId } = presentContext();
  return traceId === null ? noTrace : { traceId };
}

/** The request id for lines of modules that do not set it themselves; the HTTP module does. */
function requestFields(): object {
  const { requestId } = presentContext();
  return requestId === null ? {} : { requestId };
}

/** The fields that the engine may log. */
export interface EngineLogFields {
  readonly migrationId?: string;
  readonly operation?: string;
  readonly outcome?: string;
  readonly count?: number;
  readonly error?: string;
}

/** Creates the engine's log. It accepts the named fields only and adds the request that caused the work. */
export function engineLogger(log: Logger) {
  const line = ({ migrationId, operation, outcome, count, error }: EngineLogFields): object => ({
    ...requestFields(),
    migrationId,
    operation,
    outcome,
    count,
    error,
  });
  return {
    info: (fields: EngineLogFields, message: string): void => log.info(line(fields), message),
    warn: (fields: EngineLogFields, message: string): void => log.warn(line(fields), message),
    error: (fields: EngineLogFields, message: string): void => log.error(line(fields), message),
  };
}

/** Creates the log of vendor attempts: one line per attempt, reads at level `debug`, changing calls at level `info`. */
export function vendorCallLogger(log: Logger): (report: VendorCallReport) => void {
  return ({ provider, account, operation, effect, outcome, httpStatus, requestId, durationMs, waitedMs, next }) => {
    const line = {
      ...requestFields(),
      provider,
      account,
      operation,
      effect,
      outcome,
      httpStatus,
      vendorRequestId: requestId,
      durationMs,
      ...(waitedMs !== undefined && waitedMs >= 1 && { waitedMs: Math.round(waitedMs) }),
      ...(next !== undefined && { next }),
    };
    if (effect === 'write') log.info(line, 'vendor attempt');
    else log.debug(line, 'vendor attempt');
  };
}
