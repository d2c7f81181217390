import { type DestinationStream, type Logger, pino } from 'pino';
import type { VendorCallReport } from '../domain/vendor.ts';
import { presentContext } from './context.ts';

/** So many characters are kept back at most. */
const keptBack = 8192;

/**
 * Standard output. The lines of one turn of the event loop leave in one write, since each write costs as much as making the line; what the last turn
 * said leaves with the end of the process.
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

/** One JSON line per event. Lines of a trace carry its id. Default destination: standard output, line by line. */
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

/** The request that the current work belongs to. Lines of the HTTP surface already have it. */
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

/** The engine's log: named fields only, and the request that caused the work. */
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

/** One line per attempt at a vendor: reads at debug, changes at info. */
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
