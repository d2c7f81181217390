import type { SignedRequest, SigningContext, VendorRequest } from '../../domain/vendor.ts';
import { type AlibabaAccount, alibabaAccount, alibabaCredentials } from './account.ts';
import { signAcs3 } from './sign-acs3.ts';
import { signRpc } from './sign-rpc.ts';

/** Reads that accept `ResourceGroupId`. Credentials that are limited to one resource group must name it. */
const readsOfGroup: readonly string[] = ['DescribeMigrateTasks', 'DescribeMigrateTaskById', 'DescribeOssDownloads'];

function withResourceGroup(request: VendorRequest, { resourceGroupId = null }: AlibabaAccount): VendorRequest {
  return resourceGroupId === null || !readsOfGroup.includes(request.operation)
    ? request
    : { ...request, query: [...request.query, ['ResourceGroupId', resourceGroupId]] };
}

/** Signs one attempt with the scheme of the account: `rpc` (SignatureVersion 1.0) or `acs3` (V3). Pure. */
export function sign(request: VendorRequest, context: SigningContext): SignedRequest {
  const account = alibabaAccount(context.account);
  const { credentials, endpoint, now, nonce } = context;
  const signer = account.signature === 'acs3' ? signAcs3 : signRpc;
  return signer(withResourceGroup(request, account), alibabaCredentials(credentials), endpoint, now, nonce);
}
