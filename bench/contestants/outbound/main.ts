import { serve } from '../../child.ts';
import type { Vendor } from '../../configuration.ts';
import { inFlight } from '../../measure.ts';
import { type Restore, sdkClients } from '../sdk-clients.ts';
import { floorRestore } from './floor.ts';
import { godwitRestore } from './godwit.ts';

/** A process that makes one contestant's vendor calls. Each message requests a number of restores and their concurrency. */
const [kind = '', stub = '', provider] = process.argv.slice(2) as [string, string, Vendor];
const restore = await contestant();
let restored = 0;

serve(async (count: number) => {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const id = await restore({
        instanceId: `rm-uf6${String(++restored).padStart(8, '0')}`,
        database: 'orders',
        bucket: 'acme-backups-1250000000',
        key: 'prod/orders.bak',
      });
      if (id === '' || id === 'undefined') throw new Error(`${kind} of ${provider}: the answer names no task`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
});

async function contestant(): Promise<Restore> {
  if (kind === 'floor') return floorRestore(stub, provider);
  if (kind === 'godwit') return godwitRestore(stub, provider);
  return sdkClients(stub)[kind === 'pop' ? 'alibabaPop' : provider];
}
