import {
  type AccountConfiguration,
  credentialForm,
  formParts,
  ValueSchema,
} from '../../../src/domain/account-configuration.ts';
import type { Secret } from '../../../src/domain/secret.ts';
import type { Credentials } from '../../../src/domain/vendor.ts';
import { present } from '../../../src/providers/kit/issuing.ts';

export interface PelicanCredentials extends Credentials {
  readonly provider: 'pelican';
  readonly key: Secret;
}

/** The credentials, narrowed to this vendor's. Throws for those of another vendor. */
export function pelicanCredentials(credentials: Credentials): PelicanCredentials {
  if (credentials.provider !== 'pelican') throw new Error(`credentials of ${credentials.provider} given to pelican`);
  return credentials as PelicanCredentials;
}

/** The configuration of an account of this vendor: a key, and no other specific member. */
export const configuration: AccountConfiguration = {
  settings: {},
  limits: { readsPerSecond: 50, writesPerSecond: 50 },
  configured: credentialForm(formParts.object({ key: ValueSchema }), ({ key }, { values }) => ({
    source: 'configured',
    read: values({ key }, (read): PelicanCredentials => ({ provider: 'pelican', key: present(read.key) })),
  })),
  sources: {},
  fromEnvironment() {
    throw new Error('this vendor has no tools that read the environment');
  },
  account: (common) => common,
};
