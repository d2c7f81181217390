import { describe, expect, it } from 'vitest';
import { within } from '../../src/telemetry/context.ts';
import { createLog, engineLogger, vendorCallLogger } from '../../src/telemetry/log.ts';

function log(level = 'debug') {
  const lines: Record<string, unknown>[] = [];
  const logger = createLog(level, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { logger, lines };
}

const request = { requestId: 'req-of-the-caller', traceId: 'a'.repeat(32), span: null };

describe('the engine’s lines', () => {
  it('have the declared fields and no others', () => {
    const { logger, lines } = log();
    const fields = { migrationId: 'mig_1', outcome: 'timeout', url: 'https://x/?sig=1', body: { secret: 1 } };
    engineLogger(logger).warn(fields, 'vendor call');
    const { time, ...line } = lines[0] ?? {};
    expect(line).toEqual({ level: 40, msg: 'vendor call', migrationId: 'mig_1', outcome: 'timeout' });
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('name the request that caused the work, across awaits', async () => {
    const { logger, lines } = log();
    await Promise.all([
      within(request, async () => {
        await Promise.resolve();
        engineLogger(logger).info({}, 'caused');
      }),
      Promise.resolve().then(() => engineLogger(logger).info({}, 'own')),
    ]);
    const { requestId, traceId } = request;
    expect(lines.find(({ msg }) => msg === 'caused')).toMatchObject({ requestId, traceId });
    expect(Object.keys(lines.find(({ msg }) => msg === 'own') ?? {}).toSorted()).toEqual(['level', 'msg', 'time']);
  });
});

describe('log lines of vendor calls', () => {
  const report = {
    provider: 'tencent',
    account: 'tc-main',
    operation: 'StartBackupMigration',
    outcome: 'ok',
    httpStatus: 200,
    requestId: 'vendor-1',
    durationMs: 12,
  } as const;

  it('keep the vendor’s request id separate from Godwit’s', () => {
    const { logger, lines } = log();
    within(request, () => vendorCallLogger(logger)({ ...report, effect: 'write', waitedMs: 0 }));
    expect(lines[0]).toMatchObject({ requestId: 'req-of-the-caller', vendorRequestId: 'vendor-1', level: 30 });
    expect(lines[0]).not.toHaveProperty('waitedMs');
  });

  it.each([
    ['write', 'info', 1],
    ['read', 'info', 0],
    ['read', 'debug', 1],
    ['write', 'warn', 0],
  ] as const)('exist for a %s at level %s in the number %i', (effect, level, count) => {
    const { logger, lines } = log(level);
    vendorCallLogger(logger)({ ...report, effect });
    expect(lines).toHaveLength(count);
  });
});
