import { describe, expect, it } from 'vitest';
import { chain, full, instance, restoreMs, validatedCloud } from './alibaba-client.ts';

describe('database names on an instance', () => {
  it('are rejected while another migration of the name is active', () => {
    const cloud = validatedCloud();
    cloud.create(chain('orders', 'base.bak'));
    expect(cloud.call('CreateMigrateTask', full('Orders')).Code).toBe('IncorrectDBState');
    cloud.pass(1);
    expect(cloud.call('CreateMigrateTask', full('orders')).Code).toBe('IncorrectDBState');
  });

  it('fail the task when the database exists', () => {
    const cloud = validatedCloud();
    cloud.create(full('orders'));
    cloud.pass(1);
    expect(cloud.call('CheckDBNameAvailable', { ...instance, DBName: 'orders' }).Code).toBe('InvalidDBName.Duplicate');
    const id = cloud.create(full('orders'));
    cloud.pass(1);
    expect(cloud.show(id)).toMatchObject({
      Status: 'Failed',
      Description: expect.stringContaining('already exist on RDS'),
    });
  });

  it('stay taken after a half-finished restore and free after one that never began', () => {
    const cloud = validatedCloud();
    const early = cloud.create(full('early'));
    cloud.terminate(early);
    const late = cloud.create(full('late'));
    cloud.pass(0.8);
    cloud.terminate(late);
    const available = (name: string) => cloud.call('CheckDBNameAvailable', { ...instance, DBName: name }).Code;
    expect([available('early'), available('late')]).toEqual([undefined, 'InvalidDBName.Duplicate']);
  });

  const names = [
    ['orders', undefined],
    ['taken', 'InvalidDBName.Duplicate'],
    ['msdb', 'InvalidDBName.Forbid'],
    ['select', 'InvalidParameter.Keyword'],
    ['1/2', 'InvalidDBName'],
  ] as const;
  for (const [name, code] of names) {
    it(`${name}: ${code ?? 'free'}`, () => {
      expect(validatedCloud().call('CheckDBNameAvailable', { ...instance, DBName: name }).Code).toBe(code);
    });
  }

  it('are limited to 20 migrations a day, and an instance to 500', () => {
    const cloud = validatedCloud();
    const make = (name: string) => cloud.call('CreateMigrateTask', full(name));
    for (let i = 0; i < 20; i++) cloud.terminate(make('orders').MigrateTaskId);
    expect(make('orders').Code).toBe('ExceedUploadTime');
    for (let i = 20; i < 500; i++) make(`db${i}`);
    expect(make('stock').Code).toBe('ConcurrentTaskExceeded');
    cloud.pass((24 * 60 * 60_000) / restoreMs);
    expect(make('stock').Code).toBeUndefined();
  });
});

describe('the list', () => {
  it('shows the newest tasks first, in pages', () => {
    const cloud = validatedCloud();
    const ids = Array.from({ length: 31 }, (_, i) => cloud.create(full(`db${i}`)));
    expect(cloud.list()).toMatchObject({ PageRecordCount: 30, TotalRecordCount: 31, PageNumber: 1 });
    expect(cloud.list().Items.MigrateTask[0].MigrateTaskId).toBe(ids[30]);
    expect(cloud.list({ PageNumber: '2' }).Items.MigrateTask).toMatchObject([{ MigrateTaskId: ids[0] }]);
  });

  it('omits the minute of its end time', () => {
    const cloud = validatedCloud();
    cloud.create(full('orders'));
    expect(cloud.list({ EndTime: '2026-11-21T12:00Z' }).TotalRecordCount).toBe(0);
    expect(cloud.list({ EndTime: '2026-11-21T12:01Z' }).TotalRecordCount).toBe(1);
  });

  it('omits tasks after a week that can still be read by id', () => {
    const cloud = validatedCloud();
    const id = cloud.create(full('orders'));
    cloud.pass((7 * 24 * 60 * 60_000) / restoreMs);
    expect(cloud.list().TotalRecordCount).toBe(0);
    expect(cloud.status(id)).toBe('Success');
  });

  it('lags behind when configured', () => {
    const cloud = validatedCloud();
    cloud.setLag(10_000);
    const id = cloud.create(full('orders'));
    expect(cloud.list().TotalRecordCount).toBe(0);
    expect(cloud.status(id)).toBe('NoStart');
    cloud.pass(0.1);
    expect(cloud.list().TotalRecordCount).toBe(1);
  });

  it('lags behind on an instance named for it', () => {
    const cloud = validatedCloud();
    const there = { DBInstanceId: 'rm-lag' };
    cloud.create(full('orders', 'a.bak', there));
    expect(cloud.list(there).TotalRecordCount).toBe(0);
    cloud.pass(5_000 / restoreMs);
    expect(cloud.list(there).TotalRecordCount).toBe(1);
  });
});
