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

/** The parts of one attempt. */
export interface Attempt {
  readonly provider: Provider;
  readonly account: Account;
  readonly region: string;
  readonly credentials: Credentials;
  readonly session: Session | null;
  readonly request: VendorRequest;
}

/** The result of an attempt and its report. */
export type Outcome = { readonly report?: VendorCallReport } & (
  | { readonly reply: VendorReply }
  | { readonly failure: VendorFailure }
);
