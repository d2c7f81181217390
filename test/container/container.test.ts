import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requests } from './support/api.ts';
import { type GatewayContainer, type Surroundings, startSurroundings } from './support/containers.ts';
import { findEngine, godwitImage } from './support/engine.ts';
import { underLoad } from './support/load.ts';

const engine = await findEngine();
const skipped = 'reason' in engine ? engine.reason : null;
const suffix = skipped === null ? '' : ` (skipped: ${skipped})`;
const maxBytes = 300_000_000;
const restoreMs = 6000;
/** Interval between two creations of a steady load, in milliseconds. */
const everyMs = 300;
const patience = 120_000;
const clouds = ['alibaba', 'huawei', 'tencent'] as const;

describe.skipIf(skipped !== null)(`The image${suffix}`, { timeout: patience }, () => {
  let image = '';
  let surroundings: Surroundings | null = null;

  beforeAll(async () => {
    image = await godwitImage();
  }, 600_000);
  afterAll(async () => {
    await surroundings?.stop();
  }, patience);

  const around = async (): Promise<Surroundings> => {
    if ('reason' in engine) throw new Error(engine.reason);
    surroundings ??= await startSurroundings(engine.runtime, image, restoreMs);
    return surroundings;
  };

  it('is small, declares its licence and version, and runs Node directly as an unprivileged user', async () => {
    if ('reason' in engine) return;
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    const { Size, Config } = await engine.runtime.container.dockerode.getImage(image).inspect();
    expect(Size).toBeLessThan(maxBytes);
    expect(Config).toMatchObject({
      User: '10001:10001',
      Entrypoint: [
        'node',
        '--disable-sigusr1',
        '--max-semi-space-size=8',
        '--heap-growing-percent=50',
        '--no-allocation-site-pretenuring',
        '--v8-pool-size=2',
        '/app/dist/godwit.js',
      ],
      StopSignal: 'SIGTERM',
      Labels: { 'org.opencontainers.image.licenses': 'Apache-2.0', 'org.opencontainers.image.version': version },
    });
  });

  describe('one container with its embedded database', () => {
    let gateway: GatewayContainer;
    beforeAll(async () => {
      gateway = await (await around()).startGateway(0);
    }, patience);
    afterAll(async () => gateway?.stop(), patience);

    it('runs on a read-only file system as any user without capabilities', async () => {
      const { HostConfig } = await gateway.inspect();
      expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'] });
      const status = (await gateway.run(['cat', '/proc/1/status'])).output;
      expect(status).toMatch(/^Uid:\t40123\t40123/m);
      expect(status).toMatch(/^CapEff:\t0+$/m);
      expect((await gateway.run(['touch', '/app/x'])).exitCode).not.toBe(0);
    });

    it('answers its probes and passes its own health check', async () => {
      expect((await gateway.get('/livez')).status).toBe(200);
      expect((await gateway.get('/readyz')).status).toBe(200);
      if ('reason' in engine) return;
      const { Config } = await engine.runtime.container.dockerode.getImage(image).inspect();
      const [form, ...check] = (Config.Healthcheck as { Test: string[] }).Test;
      expect(form).toBe('CMD');
      expect((await gateway.run(check)).exitCode).toBe(0);
    });

    it('contains no package manager, no vendored Node and no code twice, and has a bill of materials', async () => {
      const { output } = await gateway.run(['sh', '-c', 'command -v npm yarn npx; ls /app/node_modules']);
      expect(output).toContain('fastify');
      expect(output).not.toMatch(/bin\/|node-linux|^(?:typescript|vitest|rolldown)$/m);
      const { output: code } = await gateway.run(['sh', '-c', 'ls /app/node_modules/fastify /app/src /app/src/*']);
      expect(code).toContain('LICENSE');
      expect(code).not.toMatch(/\.[jt]s$/m);
      const { output: text } = await gateway.run(['cat', '/usr/share/doc/godwit/sbom.json']);
      const bill = JSON.parse(text) as { bomFormat: string; components: { name: string }[] };
      expect(bill.bomFormat).toBe('CycloneDX');
      const names = bill.components.map(({ name }) => name);
      const { output: installed } = await gateway.run([
        'sh',
        '-c',
        'cd /app/node_modules && for each in *; do case $each in @*) ls -d $each/*;; *) echo $each;; esac; done',
      ]);
      expect([...new Set(names)].sort()).toEqual(expect.arrayContaining(installed.trim().split('\n').sort()));
      expect(names).not.toContain('vitest');
    });

    it.each(clouds)('restores a backup at %s', async (cloud) => {
      const request = requests[cloud](1);
      const { status, body } = await gateway.create(request);
      expect([status, body]).toEqual([201, expect.objectContaining({ state: 'restoring' })]);
      await gateway.reaches(body.id, 'succeeded');
      expect(await (await around()).sandbox.restores(request.target.instanceId)).toHaveLength(1);
    });

    it('stays within 256 MiB under many concurrent callers', async () => {
      for (let round = 0; round < 20; round++)
        await Promise.all(Array.from({ length: 25 }, () => gateway.get('/migrations?pageSize=200')));
      const created = await Promise.all(
        Array.from({ length: 30 }, (_, index) => gateway.create(requests.tencent(100 + index))),
      );
      expect(created.map(({ status }) => status)).toEqual(created.map(() => 201));
      const { State } = await gateway.inspect();
      expect(State).toMatchObject({ Running: true, OOMKilled: false });
    });

    it('finishes open requests on SIGTERM and exits with 0', async () => {
      const { sandbox } = await around();
      await sandbox.fault({ cloud: 'alibaba', operation: 'CreateMigrateTask', kind: 'delay_after', ms: 2000 });
      const request = requests.alibaba(2);
      const answer = gateway.create(request);
      await sandbox.faultsMet();
      await gateway.stop();
      expect((await answer).status).toBe(201);
      expect((await gateway.inspect()).State).toMatchObject({ Running: false, ExitCode: 0 });
      expect(await sandbox.restores(request.target.instanceId)).toHaveLength(1);
    });
  });

  describe('two containers on one PostgreSQL', () => {
    let database: { readonly url: string; restart(): Promise<void> };
    let one: GatewayContainer;
    let other: GatewayContainer;
    beforeAll(async () => {
      const at = await around();
      database = await at.startDatabase();
      [one, other] = await Promise.all([at.startGateway(0, database.url), at.startGateway(1, database.url)]);
    }, patience);

    it('one replica shows what the other created', async () => {
      const { body } = await one.create(requests.tencent(11));
      const seen = await other.get(`/migrations/${body.id}`);
      expect([seen.status, seen.body.id]).toEqual([200, body.id]);
      await other.reaches(body.id, 'succeeded');
    });

    it('continue after a database restart and send nothing twice', async () => {
      const request = requests.alibaba(12);
      const { body } = await one.create(request);
      await database.restart();
      await one.reaches(body.id, 'succeeded');
      await other.reaches(body.id, 'succeeded');
      expect((await one.create(requests.tencent(13))).status).toBe(201);
      expect(await (await around()).sandbox.restores(request.target.instanceId)).toHaveLength(1);
    });

    it('are replaced one by one without a failure for a client that retries', async () => {
      const at = await around();
      const requestOf = (number: number) => requests[clouds[number % clouds.length] ?? 'alibaba'](1000 + number);
      const old = [one, other];
      // A replaced gateway keeps its port, so the client keeps its addresses.
      const deliveries = await underLoad(old, everyMs, requestOf, async () => {
        await one.stop();
        one = await at.startGateway(0, database.url);
        await other.stop();
        other = await at.startGateway(1, database.url);
      });

      // Without this the test proves nothing.
      expect(deliveries.filter(({ met }) => met.length > 1).length).toBeGreaterThan(0);
      const unanswered = deliveries.filter(({ answer }) => answer === null || ![201, 202].includes(answer.status));
      expect(unanswered).toEqual([]);
      for (const gateway of old) expect((await gateway.inspect()).State).toMatchObject({ Running: false, ExitCode: 0 });
      const ids = deliveries.map(({ answer }) => answer?.body.id ?? '');
      expect(new Set(ids).size).toBe(deliveries.length);
      await Promise.all(ids.map((id, index) => (index % 2 === 0 ? one : other).reaches(id, 'succeeded')));
      for (const [index, { request, met }] of deliveries.entries()) {
        const { instanceId } = request.target;
        const { body } = await one.get<{ items: { id: string }[] }>(`/migrations?instanceId=${instanceId}`);
        expect([met, body.items.map(({ id }) => id)]).toEqual([met, [ids[index]]]);
        expect([met, await at.sandbox.restores(instanceId)]).toEqual([met, [expect.anything()]]);
      }
    });

    it('one replica finishes the work of a killed one without a second create', async () => {
      const { sandbox } = await around();
      const restoring = requests.huawei(14);
      const submitting = requests.alibaba(15);
      const { body } = await one.create(restoring);
      // The second call has reached the cloud; its answer never arrives.
      await sandbox.fault({ cloud: 'alibaba', operation: 'CreateMigrateTask', kind: 'delay_after', ms: 4000 });
      const lost = one.create(submitting).catch(() => null);
      await sandbox.faultsMet();
      await one.kill();
      await lost;
      await other.reaches(body.id, 'succeeded', 60_000);
      const { body: page } = await other.get<{ items: { id: string }[] }>(
        `/migrations?instanceId=${submitting.target.instanceId}`,
      );
      expect(page.items).toHaveLength(1);
      await other.reaches(page.items[0]?.id ?? '', 'succeeded', 60_000);
      expect(await sandbox.restores(restoring.target.instanceId)).toHaveLength(1);
      expect(await sandbox.restores(submitting.target.instanceId)).toHaveLength(1);
    });
  });
});
