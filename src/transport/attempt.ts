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

/** The input of one attempt to send a vendor call. */
export interface Attempt {
  readonly provider: Provider;
  readonly account: Account;
  readonly region: string;
  readonly credentials: Credentials;
  readonly session: Session | null;
  readonly request: VendorRequest;
}

/** The result of an attempt: a response or a failure, with the report for telemetry. An attempt that was not sent has no report. */
export type Outcome = { readonly report?: VendorCallReport } & (
  | { readonly reply: VendorReply }
  | { readonly failure: VendorFailure }
);
