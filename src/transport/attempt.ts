import type { Provider } from '../domain/provider.ts';
import type {
  Account,
  Credentials,
  Session,
  VendorCallReport,
  VendorFailure,
  VendorReply,
  VendorRequest,
} from '../domain/vendor.ts';

/** All that one attempt is made of. */
export interface Attempt {
  readonly provider: Provider;
  readonly account: Account;
  readonly region: string;
  readonly credentials: Credentials;
  readonly session: Session | null;
  readonly request: VendorRequest;
}

/** How an attempt ended, and what is told of it. */
export type Outcome = { readonly report?: VendorCallReport } & (
  | { readonly reply: VendorReply }
  | { readonly failure: VendorFailure }
);
