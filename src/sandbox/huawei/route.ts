import type { SandboxRequest } from '../cloud.ts';
import type { ParameterFault, VendorOperation } from '../vendor-schema.ts';
import { percentDecode, type Query, valuesOf } from './query.ts';

/** The requested operation and its path parameters. */
export interface Match {
  readonly operation: VendorOperation;
  readonly service: 'iam' | 'drs' | 'rds';
  readonly path: Readonly<Record<string, string>>;
}

/** Finds the operation by method and path; null if there is none. */
export function match(operations: readonly VendorOperation[], request: SandboxRequest): Match | null {
  const segments = request.path.split('/');
  for (const operation of operations) {
    const template = operation.path.split('/');
    if (operation.method !== request.method || template.length !== segments.length) continue;
    const path: Record<string, string> = {};
    const fits = template.every((part, index) => {
      const value = percentDecode(segments[index] ?? '') ?? '';
      if (!part.startsWith('{')) return part === value;
      path[part.slice(1, -1)] = value;
      return value !== '';
    });
    const service = operation.path.startsWith('/v5/') ? 'drs' : 'project_id' in path ? 'rds' : 'iam';
    if (fits) return { operation, service, path };
  }
  return null;
}

/** Parses the body. `value` is undefined without a body. Null if its content type or its text is not JSON. */
export function readBody(request: SandboxRequest): { readonly value: unknown } | null {
  if (request.body === '') return { value: undefined };
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) return null;
  try {
    return { value: JSON.parse(request.body) };
  } catch {
    return null;
  }
}

/** Validates query and body. A repeated parameter is a fault, unless the reference declares a list. */
export function faultsOf({ operation }: Match, query: Query, body: unknown): readonly ParameterFault[] {
  const single = query.filter(([name]) => name !== 'dbs_instance_ids' || !operation.queryNames.includes(name));
  const twice = single.find(([name]) => valuesOf(query, name).length > 1);
  if (twice !== undefined) return [{ kind: 'value', name: twice[0], detail: `${twice[0]} is given twice` }];
  return [...operation.validateQuery(Object.fromEntries(single)), ...operation.validateBody(body)];
}
