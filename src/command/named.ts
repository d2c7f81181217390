import { closestName } from '../domain/spelling.ts';
import { UsageError } from './subcommand.ts';

/** A folder of the object store. */
export interface Folder {
  readonly bucket: string;
  readonly prefix: string;
}

/** Parses `bucket/prefix`. `argument`: the name of the argument for the message. Throws `UsageError` if the bucket is missing. */
export function folderOf(text: string, argument: string): Folder {
  const [, bucket = '', prefix = ''] = /^([^/]*)\/?(.*)$/.exec(text) ?? [];
  if (bucket === '') throw new UsageError(`${argument} must begin with the name of a bucket`);
  return { bucket, prefix };
}

/** Returns the named accounts, or all accounts if `names` is empty. Throws `UsageError` for an unknown name. */
export function chosenAccounts<A extends { readonly name: string }>(
  accounts: readonly A[],
  names: readonly string[],
): readonly A[] {
  return names.length === 0 ? accounts : names.map((name) => accountNamed(accounts, name));
}

/** Returns the account with this name. Throws `UsageError` with the most similar name. */
export function accountNamed<A extends { readonly name: string }>(accounts: readonly A[], name: string): A {
  const found = accounts.find((account) => account.name === name);
  if (found !== undefined) return found;
  const known = accounts.map((account) => account.name);
  const nearest = closestName(name, known);
  const instead = nearest === null ? `the accounts are ${known.join(', ')}` : `did you mean ${nearest}?`;
  throw new UsageError(`unknown account ${JSON.stringify(name)}; ${instead}`);
}
