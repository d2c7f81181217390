import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgreSqlContainer, type StartedPostgreSqlContainer } from '@testcontainers/postgresql';
import {
  type ContainerRuntimeClient,
  GenericContainer,
  Network,
  type StartedNetwork,
  type StartedTestContainer,
  Wait,
} from 'testcontainers';
import { sandboxAccounts } from '../../../src/sandbox/accounts.ts';
import { type GatewayApi, gatewayApi, type SandboxApi, sandboxApi, testKey } from './api.ts';

const firstSandboxPort = 9400;
const adminPort = firstSandboxPort + 3;
/** Ports of the gateways. They share the sandbox's network, because plain-HTTP endpoints must be on loopback. */
const gatewayPorts = [8081, 8082] as const;
/** A user id that the image does not define. */
const anyUser = '40123:40123';
const megabyte = 1024 ** 2;

/** A running gateway. */
export interface GatewayContainer extends GatewayApi {
  /** The engine's handle of it. */
  inspect(): Promise<Inspected>;
  /** Sends `SIGKILL`. */
  kill(): Promise<void>;
  /** Like `docker stop`: `SIGTERM`, then `SIGKILL` after 40 s. Resolves when it has ended. */
  stop(): Promise<void>;
  run(command: readonly string[]): Promise<{ readonly output: string; readonly exitCode: number }>;
}

export interface Inspected {
  readonly State: { readonly Running: boolean; readonly ExitCode: number; readonly OOMKilled: boolean };
  readonly HostConfig: { readonly ReadonlyRootfs: boolean; readonly CapDrop: readonly string[] };
}

/** The emulated clouds in a separate container, and the containers beside it. */
export interface Surroundings {
  readonly sandbox: SandboxApi;
  /** Starts PostgreSQL 15; returns the URL under which gateways reach it. */
  startDatabase(): Promise<{ readonly url: string; restart(): Promise<void> }>;
  /** Starts the gateway number 0 or 1: any user, no capabilities, read-only file system, 256 MiB. */
  startGateway(number: 0 | 1, storeUrl?: string): Promise<GatewayContainer>;
  /** Ends and removes everything. */
  stop(): Promise<void>;
}

export async function startSurroundings(
  runtime: ContainerRuntimeClient,
  image: string,
  restoreMs: number,
): Promise<Surroundings> {
  const started: StartedTestContainer[] = [];
  const network = await new Network().start();
  const clouds = await startClouds(image, network, restoreMs);
  started.push(clouds);
  const address = (port: number) => `http://${clouds.getHost()}:${clouds.getMappedPort(port)}`;
  const config = await writeConfig();

  return {
    sandbox: sandboxApi(address(adminPort)),
    async startDatabase() {
      const database = await new PostgreSqlContainer('postgres:15')
        .withNetwork(network)
        .withNetworkAliases('database')
        .start();
      started.push(database);
      return { url: urlInNetwork(database), restart: () => database.restart() };
    },
    async startGateway(number, storeUrl) {
      const port = gatewayPorts[number];
      const container = await new HardenedContainer(image)
        .withNetworkMode(`container:${clouds.getId()}`)
        .withUser(anyUser)
        .withDroppedCapabilities('ALL')
        .withSecurityOpt('no-new-privileges')
        .withTmpFs({ '/tmp': 'rw' })
        .withBindMounts([{ source: config, target: '/etc/godwit/config.json', mode: 'ro' }])
        .withEnvironment({
          GODWIT_CONFIG: '/etc/godwit/config.json',
          PORT: String(port),
          ...(storeUrl === undefined ? {} : { GODWIT_STORE_URL: storeUrl }),
        })
        .withWaitStrategy(Wait.forLogMessage(/"msg":"listening"/))
        .start();
      started.push(container);
      return gatewayContainer(runtime, container, address(port));
    },
    async stop() {
      for (const container of started.toReversed()) await container.stop({ timeout: 1000, removeVolumes: true });
      await network.stop();
    },
  };
}

/** As in production. Testcontainers has no method for a read-only file system. */
class HardenedContainer extends GenericContainer {
  constructor(image: string) {
    super(image);
    this.hostConfig.ReadonlyRootfs = true;
    this.hostConfig.Memory = 256 * megabyte;
    this.hostConfig.MemorySwap = 256 * megabyte;
  }
}

function startClouds(image: string, network: StartedNetwork, restoreMs: number): Promise<StartedTestContainer> {
  return new GenericContainer(image)
    .withEntrypoint(['node', '/app/dist/sandbox.js'])
    .withNetwork(network)
    .withEnvironment({
      SANDBOX_HOST: '0.0.0.0',
      SANDBOX_PORT: String(firstSandboxPort),
      SANDBOX_RESTORE_MS: String(restoreMs),
    })
    .withExposedPorts(adminPort, ...gatewayPorts)
    .withWaitStrategy(Wait.forLogMessage(/admin /))
    .start();
}

function gatewayContainer(
  runtime: ContainerRuntimeClient,
  started: StartedTestContainer,
  url: string,
): GatewayContainer {
  const container = runtime.container.getById(started.getId());
  return {
    ...gatewayApi(url),
    inspect: async () => (await container.inspect()) as Inspected,
    kill: async () => {
      await container.kill({ signal: 'SIGKILL' });
      await container.wait();
    },
    stop: async () => {
      const { State } = await container.inspect();
      if (State.Running) await container.stop({ t: 40 });
    },
    run: async (command) => started.exec([...command]),
  };
}

function urlInNetwork(database: StartedPostgreSqlContainer): string {
  return `postgres://${database.getUsername()}:${database.getPassword()}@database:5432/${database.getDatabase()}`;
}

/** A file readable by every user. */
async function writeConfig(): Promise<string> {
  const cloud = (index: number) => ({ url: `http://127.0.0.1:${firstSandboxPort + index}` });
  const folder = await mkdtemp(join(tmpdir(), 'godwit-container-'));
  await chmod(folder, 0o755);
  const path = join(folder, 'config.json');
  const config = {
    auth: { keys: [{ ...testKey, accounts: ['*'] }] },
    engine: { pollMinMs: 200, pollMaxMs: 1000, callTimeoutMs: 5000, leaseMs: 3000, settleMs: 1000 },
    accounts: sandboxAccounts({ alibaba: cloud(0), huawei: cloud(1), tencent: cloud(2) }),
  };
  await writeFile(path, JSON.stringify(config));
  await chmod(path, 0o644);
  return path;
}
