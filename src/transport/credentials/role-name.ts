import type { VendorReply } from '../../domain/vendor.ts';
import type { ProviderId } from '../../domain/vocabulary.ts';
import { unusable } from './source.ts';

/** The name of the machine's role as the metadata service tells it. It becomes part of a URL, so nothing else is taken. */
export function roleNameOf(provider: ProviderId, operation: string, reply: VendorReply): string {
  const [name = ''] = reply.body.trim().split(/\s/);
  if (reply.httpStatus === 404 || (reply.httpStatus === 200 && name === ''))
    throw unusable(provider, operation, 'unauthenticated', 'No role is bound to this machine.', reply.httpStatus);
  if (reply.httpStatus !== 200)
    throw unusable(provider, operation, 'unavailable', 'The metadata service tells no role now.', reply.httpStatus);
  if (!/^[A-Za-z0-9._@-]{1,128}$/.test(name))
    throw unusable(provider, operation, 'garbage', 'The metadata service told a role name that is none.', 200);
  return name;
}
