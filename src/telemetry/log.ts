import { type DestinationStream, type Logger, pino } from 'pino';
import type { VendorCallReport } from '../domain/vendor.ts';

/** One JSON line per event on standard output. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return destination ? pino(options, destination) : pino(options);
}

/** One line per attempt at a vendor: reads at debug, changes at info. */
export function vendorCallLogger(log: Logger): (report: VendorCallReport) => void {
  return ({ provider, account, operation, effect, outcome, httpStatus, requestId, durationMs }) => {
    const line = { provider, account, operation, effect, outcome, httpStatus, requestId, durationMs };
    if (effect === 'write') log.info(line, 'vendor attempt');
    else log.debug(line, 'vendor attempt');
  };
}
