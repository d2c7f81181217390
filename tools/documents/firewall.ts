import { readFile, writeFile } from 'node:fs/promises';
import type { Provider } from '../../src/domain/provider.ts';
import type { Account } from '../../src/domain/vendor.ts';
import type { ProviderId } from '../../src/domain/vocabulary.ts';
import { regionGroups as alibaba } from '../../src/providers/alibaba/regions.ts';
import { regionGroups as huawei } from '../../src/providers/huawei/regions.ts';
import type { RegionGroup } from '../../src/providers/kit/regions.ts';
import { regionGroups as tencent } from '../../src/providers/tencent/regions.ts';
import { providers } from '../../src/registry.ts';
import { withGeneratedParts } from './generated.ts';

const page = new URL('../../docs/firewall.md', import.meta.url);

/** The hosts of a provider's services by region, as a table. A bucket's host is its name in front of the object store's host. */
function hostTable(provider: Provider): string {
  const rows = provider.capabilities.regions.map((region) => {
    const account = exampleAccount(provider.id, region);
    const hosts = provider.services.map((service) => code(provider.endpoint(service, region, account)));
    const buckets = code(provider.objectStore.endpoint('storage', region, account), '*.');
    return `| \`${region}\` | ${[...new Set(hosts)].join(', ')} | ${buckets} |`;
  });
  return ['| region | services | backup files |', '|---|---|---|', ...rows].join('\n');
}

/** The regions of a table and the vendor's page that lists them. */
function originOf(groups: readonly RegionGroup[]): string {
  const offered = groups.filter(({ kind }) => kind !== 'alias');
  const kinds = (['finance', 'government'] as const).flatMap((kind) => {
    const regions = offered.filter((group) => group.kind === kind).flatMap((group) => group.regions);
    return regions.length === 0 ? [] : [`* Regions of ${kind}: ${regions.map((each) => `\`${each}\``).join(', ')}.`];
  });
  const sources = new Set(offered.flatMap(({ source }) => source.split('; ')));
  return [...kinds, ...[...sources].map((source) => `* Source: ${source}.`)]
    .map((item) => item.replace(/(.{80,114}[,;]) /g, '$1\n  '))
    .join('\n');
}

const regionTables: Readonly<Record<string, readonly RegionGroup[]>> = { alibaba, huawei, tencent };

/** An account with the default of every setting. */
function exampleAccount(provider: ProviderId, region: string): Account {
  return { provider, name: 'example', region, endpoints: {}, limits: { readsPerSecond: 1, writesPerSecond: 1 } };
}

function code(url: string, prefix = ''): string {
  return `\`${prefix}${new URL(url).host}\``;
}

/** docs/firewall.md with the tables of the current providers. */
export function firewallPage(text: string): string {
  return withGeneratedParts(
    text,
    Object.fromEntries(
      providers.all.flatMap((provider) => [
        [`hosts of ${provider.id}`, () => hostTable(provider)],
        [`regions of ${provider.id}`, () => originOf(regionTables[provider.id] ?? [])],
      ]),
    ),
  );
}

if (import.meta.main) await writeFile(page, firewallPage(await readFile(page, 'utf8')));
