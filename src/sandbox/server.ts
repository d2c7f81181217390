import type { Server, ServerResponse } from 'node:http';
import type { Runtime } from '../domain/runtime.ts';
import { type AdminSubjects, adminRoutes } from './admin.ts';
import type { CloudName, JournalEntry, SandboxCloud, SandboxEnvironment } from './cloud.ts';
import type { Conditions } from './conditions.ts';
import { deliver } from './delivery.ts';
import { createFaultBook, type Faults } from './faults.ts';
import { listen, readRequest, stop } from './http.ts';
import { createStores, type ObjectAdministration } from './object-store/stores.ts';
import { readState, writeState } from './state-file.ts';

const cloudNames: readonly CloudName[] = ['alibaba', 'huawei', 'tencent'];

/** Creates an emulated cloud. */
export type CloudFactory = (environment: SandboxEnvironment) => SandboxCloud;

/** Options of a sandbox. */
export interface SandboxOptions {
  readonly host: string;
  /** The first of four consecutive ports: Alibaba, Huawei, Tencent, admin. Absent or 0: any free ports. */
  readonly port?: number;
  readonly runtime: Runtime;
  /** Duration of a normal restore in milliseconds. */
  readonly restoreMs: number;
  /**
   * File for the emulated state, so that restores outlive this process as they do at a real vendor. It is written and flushed before the
   * response to a changing request is sent. Absent: the state is lost when the process ends.
   */
  readonly stateFile?: string;
  /** Random seed of the faults. Default: 1. */
  readonly seed?: number;
}

/** A running sandbox. */
export interface Sandbox extends Conditions {
  readonly alibaba: { readonly url: string };
  readonly huawei: { readonly url: string };
  readonly tencent: { readonly url: string };
  /** The admin interface. */
  readonly admin: { readonly url: string };
  readonly faults: Faults;
  /** The contents of the object stores. */
  readonly objects: ObjectAdministration;
  /** The journals of all clouds, oldest first. */
  journal(): readonly JournalEntry[];
  /** Closes the servers and their connections. Resolves when the ports are free. */
  close(): Promise<void>;
}

/** Starts a server for each of the given clouds, and the admin interface. Rejects if a port is taken or the state file is invalid. */
export async function startClouds(
  factories: Readonly<Record<CloudName, CloudFactory>>,
  options: SandboxOptions,
): Promise<Sandbox> {
  const { runtime, stateFile } = options;
  const saved = stateFile === undefined ? null : readState(stateFile);
  const faults = createFaultBook(options.seed ?? 1);
  const clockOffsetMs: Record<CloudName, number> = { alibaba: 0, huawei: 0, tencent: 0, ...saved?.clockOffsetMs };
  const listLagMs: Record<CloudName, number> = { alibaba: 0, huawei: 0, tencent: 0 };
  const stopped = new AbortController();
  const servers: Server[] = [];

  const timeOf = (name: CloudName) => runtime.now() + clockOffsetMs[name];
  const stores = createStores(saved?.objects ?? {}, {
    now: timeOf,
    listLagMs: (name) => listLagMs[name],
    uuid: () => runtime.uuid(),
  });
  const build = (name: CloudName): SandboxCloud =>
    factories[name]({
      now: () => timeOf(name),
      uuid: () => runtime.uuid(),
      restoreMs: options.restoreMs,
      listLagMs: () => listLagMs[name],
      objects: stores.objects[name],
      ...(saved?.clouds[name] === undefined ? {} : { restored: saved.clouds[name] }),
    });
  const clouds = {
    alibaba: stores.before(build('alibaba')),
    huawei: stores.before(build('huawei')),
    tencent: stores.before(build('tencent')),
  };

  const save = () => {
    if (stateFile === undefined) return;
    const snapshots = Object.fromEntries(cloudNames.map((name) => [name, clouds[name].snapshot()]));
    writeState(stateFile, { version: 1, clouds: snapshots, objects: stores.put(), clockOffsetMs });
  };
  const journal = () => cloudNames.flatMap((name) => clouds[name].journal()).sort((one, other) => one.at - other.at);
  const pick = (cloud: CloudName | '*') => (cloud === '*' ? cloudNames : [cloud]);
  const conditions: Conditions = {
    setClock: (cloud, offsetMs) => {
      for (const name of pick(cloud)) clockOffsetMs[name] = offsetMs;
      save();
    },
    setListLag: (cloud, ms) => {
      for (const name of pick(cloud)) listLagMs[name] = ms;
    },
  };

  const serve = async (cloud: SandboxCloud, port: number) => {
    const onRequest = async (incoming: Parameters<typeof readRequest>[0], outgoing: ServerResponse) => {
      const request = await readRequest(incoming);
      const rule = faults.take(cloud.name, cloud.operationOf(request));
      const handle = () => {
        const before = cloud.journal().length;
        const response = cloud.handle(request);
        if (cloud.journal().length > before) save();
        return response;
      };
      const sleep = (ms: number) => runtime.sleep(ms, stopped.signal);
      await deliver({ cloud, request, outgoing, handle, now: () => timeOf(cloud.name), sleep }, rule);
    };
    const { url, server } = await listen(options.host, port, onRequest);
    servers.push(server);
    return { url };
  };
  const close = async () => {
    stopped.abort();
    await Promise.all(servers.map(stop));
  };
  const port = (index: number) => (options.port ? options.port + index : 0);

  try {
    const urls = {
      alibaba: await serve(clouds.alibaba, port(0)),
      huawei: await serve(clouds.huawei, port(1)),
      tencent: await serve(clouds.tencent, port(2)),
    };
    const objects: ObjectAdministration = {
      put(cloud, file) {
        stores.objects[cloud].put(file);
        save();
      },
      list: (cloud) => stores.objects[cloud].all(),
    };
    const carryOut: AdminSubjects['carryOut'] = (cloud, operation, parameters) => {
      const response = clouds[cloud].carryOut(operation, parameters);
      save();
      return response;
    };
    const routes = adminRoutes({
      faults,
      journal,
      conditions,
      urls,
      objects,
      carryOut,
      clockOffsetMs,
      listLagMs,
      now: runtime.now,
      timeOf,
    });
    const { url, server } = await listen(options.host, port(3), routes);
    servers.push(server);
    return { ...urls, admin: { url }, faults, journal, objects, ...conditions, close };
  } catch (error) {
    await close();
    throw error;
  }
}
