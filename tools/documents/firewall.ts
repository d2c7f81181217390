import { readFile, writeFile } from 'node:fs/promises';
import type { Provider } from '../../src/domain/provider.ts';
import type { Account } from '../../src/domain/vendor.ts';
import type { ProviderId } from '../../src/domain/vocabulary.ts';
import { providers } from '../../src/registry.ts';
import { withGeneratedParts } from './generated.ts';

const page = new URL('../../docs/firewall.md', import.meta.url);

/** The hosts of a provider's services in each of its regions, as a table. Buckets are names before the host of the object store. */
function hostTable(provider: Provider): string {
  const rows = provider.capabilities.regions.map((region) => {
    const account = exampleAccount(provider.id, region);
    const hosts = provider.services.map((service) => code(provider.endpoint(service, region, account)));
    const buckets = code(provider.objectStore.endpoint('storage', region, account), '*.');
    return `| \`${region}\` | ${[...new Set(hosts)].join(', ')} | ${buckets} |`;
  });
  return ['| region | services | backup files |', '|---|---|---|', ...rows].join('\n');
}

/** An account with the default of every setting. */
function exampleAccount(provider: ProviderId, region: string): Account {
  return { provider, name: 'example', region, endpoints: {}, limits: { readsPerSecond: 1, writesPerSecond: 1 } };
}

function code(url: string, prefix = ''): string {
  return `\`${prefix}${new URL(url).host}\``;
}

/** docs/firewall.md with the tables of the present providers. */
export function firewallPage(text: string): string {
  return withGeneratedParts(
    text,
    Object.fromEntries(providers.all.map((provider) => [`hosts of ${provider.id}`, () => hostTable(provider)])),
  );
}

if (import.meta.main) await writeFile(page, firewallPage(await readFile(page, 'utf8')));
