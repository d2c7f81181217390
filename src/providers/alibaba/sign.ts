import type { Account, AlibabaAccount, SignedRequest, SigningContext, VendorRequest } from '../../domain/vendor.ts';
import { signAcs3 } from './sign-acs3.ts';
import { signRpc } from './sign-rpc.ts';

/** The account as one of this vendor. Throws when the composition root handed over another vendor's. */
export function alibabaAccount(account: Account): AlibabaAccount {
  if (account.provider !== 'alibaba') throw new Error(`account ${account.name} belongs to ${account.provider}`);
  return account;
}

/** Signs one attempt as the account says: `rpc` (SignatureVersion 1.0) or `acs3` (V3). Pure. */
export function sign(request: VendorRequest, context: SigningContext): SignedRequest {
  const account = alibabaAccount(context.account);
  const { credentials, endpoint, now, nonce } = context;
  if (credentials.provider !== 'alibaba') throw new Error(`account ${account.name} has credentials of another vendor`);
  const signer = account.signature === 'acs3' ? signAcs3 : signRpc;
  return signer(request, credentials, endpoint, now, nonce);
}
