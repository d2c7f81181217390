import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/domain/problem.ts';
import { createStaticKeyAuthenticator } from '../../../src/http/auth/static-keys.ts';
import { json, testApp } from '../support/app.ts';
import { keyNamed } from '../support/credentials.ts';
import { aMigration, idOf } from '../support/fixtures.ts';

const path = `/migrations/${idOf('mig', 1)}/backups/${idOf('bkp', 1)}`;

describe('POST …/upload-target', () => {
  it('returns the temporary keys and forbids caching', async () => {
    const { call, service, log } = await testApp();
    const response = await call('POST', `${path}/upload-target`);
    expect(response.statusCode).toBe(200);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.json()).toEqual({
      bucket: 'vendor-uploads-1250000000',
      region: 'ap-guangzhou',
      key: '1250000000/sqlserver/orders.bak',
      host: 'vendor-uploads-1250000000.cos.ap-guangzhou.myqcloud.com',
      credentials: { secretId: 'AKIDtemporary', secretKey: 'temporary-key', token: 'temporary-token' },
      startsAt: '2026-11-21T19:08:00.000Z',
      expiresAt: '2026-11-21T19:16:20.000Z',
    });
    expect(service.argumentsOf('uploadTarget').slice(0, 2)).toEqual([idOf('mig', 1), idOf('bkp', 1)]);
    expect(JSON.stringify(log)).not.toContain('temporary');
  });

  it('accepts an idempotency key, requests new keys all the same and stores nothing', async () => {
    const { call, service } = await testApp();
    for (let time = 0; time < 2; time++) {
      const response = await call('POST', `${path}/upload-target`, json({}, { 'idempotency-key': 'once' }));
      expect(response.statusCode).toBe(200);
      expect(response.headers).not.toHaveProperty('idempotency-replayed');
    }
    expect(service.calls.map(({ name }) => name)).toEqual(['uploadTarget', 'uploadTarget']);
    expect(service.records.size).toBe(0);
    const broken = await call('POST', `${path}/upload-target`, json({}, { 'idempotency-key': '"half' }));
    expect(broken.statusCode).toBe(400);
  });

  it('explains why there is nothing to upload', async () => {
    const { call, service } = await testApp();
    service.uploadTarget = async () => {
      throw new Problem('invalid_state', 'This backup is not an upload.', { members: { migrationId: idOf('mig', 1) } });
    };
    const response = await call('POST', `${path}/upload-target`);
    expect(response.statusCode).toBe(409);
    expect(response.json().detail).toBe('This backup is not an upload.');
  });

  it.each(['upload-target', 'uploaded'])('%s needs the scope migrations:write', async (operation) => {
    const { secret, entry } = keyNamed('reader', { scopes: ['migrations:read', 'migrations:cutover'] });
    const { call } = await testApp({ auth: createStaticKeyAuthenticator([entry]) });
    const headers = { authorization: `Bearer ${secret}` };
    expect((await call('POST', `${path}/${operation}`, { headers })).statusCode).toBe(403);
  });
});

describe('POST …/uploaded', () => {
  it('answers 202, and 200 when it was already reported', async () => {
    const { call, service } = await testApp();
    expect((await call('POST', `${path}/uploaded`)).statusCode).toBe(202);
    service.markUploaded = async () => ({ migration: aMigration(), changed: false });
    expect((await call('POST', `${path}/uploaded`)).statusCode).toBe(200);
  });
});

describe('GET /providers/{id}/backup-command', () => {
  it('returns the vendor’s command with its line breaks', async () => {
    const { call, service } = await testApp();
    const response = await call(
      'GET',
      '/providers/tencent/backup-command?database=orders&type=log&mode=full_log&final=true&path=E%3A%5Cbackup%5C&account=ali-main',
    );
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({ command: "BACKUP DATABASE [orders]\nTO DISK = N'D:\\orders.bak'" });
    expect(service.argumentsOf('backupCommand').slice(0, 3)).toEqual([
      'tencent',
      'ali-main',
      { database: 'orders', type: 'log', mode: 'full_log', final: true, path: 'E:\\backup\\' },
    ]);
  });

  it('defaults to a single full backup', async () => {
    const { call, service } = await testApp();
    await call('GET', '/providers/tencent/backup-command?database=orders&type=full');
    expect(service.argumentsOf('backupCommand')[2]).toEqual({
      database: 'orders',
      type: 'full',
      mode: 'full',
      final: false,
    });
  });

  it.each([
    ['without a database', 'type=full'],
    ['without a type', 'database=orders'],
    ['with another type', 'database=orders&type=snapshot'],
    ['with a quote in the folder', "database=orders&type=full&path=D:\\'"],
    ['with an unknown parameter', 'database=orders&type=full&size=1'],
  ])('rejects a request %s', async (_name, query) => {
    const { call } = await testApp();
    expect((await call('GET', `/providers/tencent/backup-command?${query}`)).statusCode).toBe(400);
  });

  it('answers 404 for an unknown provider', async () => {
    const { call } = await testApp();
    expect((await call('GET', '/providers/aws/backup-command?database=orders&type=full')).statusCode).toBe(404);
  });
});
