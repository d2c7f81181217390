import type { Instant } from './migration.ts';
import type { Protocol, VendorReply, VendorRequest } from './vendor.ts';

/** One object as a list or an answer shows it. */
export interface StoredObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly lastModified: Instant | null;
  /** Without quotes. Changes with the object; it is not a checksum. */
  readonly etag: string | null;
  readonly storageClass: string | null;
}

export interface ObjectPage {
  readonly objects: readonly StoredObject[];
  /** Where the next page begins; null: this was the last. */
  readonly next: string | null;
}

/** A part of an object, with what the answer says of the whole. */
export interface ObjectPart {
  readonly object: StoredObject;
  readonly bytes: Buffer;
}

/** The name of the service that object stores have in `VendorRequest.service` and in an account's `endpoints`. */
export const storageService = 'storage';

/** A vendor's object store: listing and reading, and how the calls are sent. Pure. */
export interface ObjectStore extends Protocol {
  /** The names of the permissions for listing and for reading, for people. */
  readonly permissions: { readonly list: string; readonly read: string };
  /** Whether the vendor's restore service takes files of this storage class. */
  restorable(storageClass: string): boolean;
  /** One page of the objects whose keys begin with a prefix, in the order of their keys. `from`: `next` of the page before. */
  list(bucket: string, prefix: string, from: string | null): VendorRequest;
  /** Throws `VendorError` of kind `malformed`. */
  parsePage(reply: VendorReply): ObjectPage;
  /** Bytes `first` to `last`, both included. */
  read(bucket: string, key: string, first: number, last: number): VendorRequest;
  /** Throws `VendorError` of kind `malformed`, also when the store ignored the range. */
  parsePart(reply: VendorReply, key: string, first: number): ObjectPart;
}
