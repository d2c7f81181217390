import type { CloudName, SandboxCloud, SandboxRequest } from '../cloud.ts';
import { believableHistory } from './history.ts';
import { EmulatedObjects, type StoredFile } from './objects.ts';
import { isForStore, refused, type StoreDialect, StoreRefusal, serveStore } from './service.ts';
import { cosDialect, obsDialect, ossDialect } from './signatures.ts';

const dialects: Readonly<Record<CloudName, StoreDialect>> = {
  alibaba: ossDialect,
  huawei: obsDialect,
  tencent: cosDialect,
};

/** Access to the object stores from outside the clouds. */
export interface ObjectAdministration {
  /** Stores or replaces an object. It becomes part of the sandbox's state. */
  put(cloud: CloudName, file: StoredFile): void;
  list(cloud: CloudName): readonly StoredFile[];
}

/** What the stores need from the sandbox. */
export interface StoresEnvironment {
  now(cloud: CloudName): number;
  listLagMs(cloud: CloudName): number;
  uuid(): string;
}

/** The three object stores, each at the address of its cloud. */
export interface Stores {
  readonly objects: Readonly<Record<CloudName, EmulatedObjects>>;
  /** Combines a cloud with its store: requests for objects go to the store, all others to the cloud. */
  before(cloud: SandboxCloud): SandboxCloud;
  /** The stored objects, without the initial history. */
  put(): Readonly<Record<CloudName, readonly StoredFile[]>>;
}

/** Creates the three object stores. `saved`: objects of an earlier process, in addition to the initial history. */
export function createStores(
  saved: Readonly<Partial<Record<CloudName, readonly StoredFile[]>>>,
  environment: StoresEnvironment,
): Stores {
  const objectsOf = (cloud: CloudName) => new EmulatedObjects([...believableHistory(cloud), ...(saved[cloud] ?? [])]);
  const objects = { alibaba: objectsOf('alibaba'), huawei: objectsOf('huawei'), tencent: objectsOf('tencent') };

  return {
    objects,
    before(cloud) {
      const { name } = cloud;
      const dialect = dialects[name];
      const refuse = (status: number, code: string, message: string) => {
        const requestId = environment.uuid();
        const headers = { [`${dialect.prefix}-request-id`]: requestId };
        return refused(new StoreRefusal(status, code, message), headers, requestId);
      };
      const inStore = <T>(ofStore: (request: SandboxRequest) => T, ofCloud: (request: SandboxRequest) => T) => {
        return (request: SandboxRequest): T => (isForStore(request) ? ofStore(request) : ofCloud(request));
      };
      return {
        ...cloud,
        handle: inStore(
          (request) =>
            serveStore(dialect, objects[name], request, {
              now: environment.now(name),
              listLagMs: environment.listLagMs(name),
              requestId: environment.uuid(),
            }),
          cloud.handle,
        ),
        fault: (kind, request) => {
          if (!isForStore(request)) return cloud.fault(kind, request);
          return kind === 'throttled'
            ? refuse(503, 'SlowDown', 'Please reduce your request rate.')
            : refuse(kind === 'unavailable' ? 503 : 500, 'InternalError', 'An internal error has occurred.');
        },
        refuse: (error, request) => {
          if (isForStore(request))
            return refuse(error.status ?? 403, error.code, error.message ?? 'as the test wants it');
          return cloud.refuse?.(error, request) ?? cloud.fault('internal_error', request);
        },
        operationOf: inStore(operationOf, cloud.operationOf),
      };
    },
    put() {
      const of = (cloud: CloudName) => {
        const seeded = new Set(believableHistory(cloud).map(({ key }) => key));
        return objects[cloud].all().filter(({ key }) => !seeded.has(key));
      };
      return { alibaba: of('alibaba'), huawei: of('huawei'), tencent: of('tencent') };
    },
  };
}

function operationOf({ query }: SandboxRequest): string {
  return /(?:^|&)(?:prefix|list-type|max-keys|marker)=/.test(query) ? 'ListObjects' : 'GetObject';
}
