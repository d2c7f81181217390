import { describe, expect, it } from 'vitest';
import type { MigrationRequest, SourceRequest } from '../../src/domain/request-schema.ts';
import { conflictingFields, sourced, unsupportedFields } from '../../src/domain/support.ts';
import { alibaba } from '../../src/providers/alibaba/index.ts';
import { huawei } from '../../src/providers/huawei/index.ts';
import { tencent } from '../../src/providers/tencent/index.ts';

const capabilities = [alibaba.capabilities, huawei.capabilities, tencent.capabilities];

function request(overrides: Partial<MigrationRequest>): MigrationRequest {
  return {
    provider: 'alibaba',
    target: { instanceId: 'rm-uf6wjk5xxxxxxx', databases: [{ name: 'orders' }] },
    source: { type: 'object_storage', bucket: 'acme-backups', keys: ['orders.bak'] },
    ...overrides,
  };
}

const urls = (...names: string[]): SourceRequest => ({ type: 'url', urls: names });

describe('options that a provider does not support', () => {
  it('are all named, each with the providers that support it', () => {
    const faults = unsupportedFields(
      sourced(
        request({
          provider: 'tencent',
          options: { consistencyCheck: 'sync', precheck: true, keepDownloadedFiles: true },
        }),
      ),
      capabilities,
    );
    expect(faults.map(({ pointer, detail }) => [pointer, /Providers that do: (.*)\./.exec(detail)?.[1]])).toEqual([
      ['/options/consistencyCheck', 'alibaba'],
      ['/options/precheck', 'huawei'],
      ['/options/keepDownloadedFiles', 'huawei'],
    ]);
  });

  it('with several links recommend only providers that accept several links', () => {
    const source = urls('https://files.example.com/a.bak', 'https://files.example.com/b.bak');
    const [fault, ...rest] = unsupportedFields(sourced({ ...request({ source }), provider: 'tencent' }), capabilities);
    expect(fault?.pointer).toBe('/source/urls');
    expect(fault?.detail).toContain('Providers that do: alibaba.');
    expect(rest).toEqual([]);
  });
});

describe('a source that contradicts itself', () => {
  it.each([
    [urls('https://'), '/source/urls/0'],
    [urls('https://files.example.com/a.bak', 'https://my files/b.bak'), '/source/urls/1'],
    [urls('https://files.example.com/a b.bak'), '/source/urls/0'],
    [{ type: 'object_storage', bucket: 'acme-backups', keys: ['/orders.bak'] }, '/source/keys/0'],
  ] satisfies [SourceRequest, string][])('%j has a fault at %s', (source, pointer) => {
    expect(conflictingFields(request({ source }), 0).map((fault) => fault.pointer)).toEqual([pointer]);
  });

  it('does not check a signed URL', () => {
    const source = urls('https://files.example.com/prod/orders%20full.bak?sig=a%2Fb+c&x=1');
    expect(conflictingFields(request({ source }), 0)).toEqual([]);
  });
});
