import type { Instant } from './migration.ts';
import type { Protocol, VendorReply, VendorRequest } from './vendor.ts';

/** One object, as a listing or the response to a read shows it. */
export interface StoredObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly lastModified: Instant | null;
  /** Without quotes. It changes with the object and is not a checksum. */
  readonly etag: string | null;
  readonly storageClass: string | null;
}

/** One page of a listing. */
export interface ObjectPage {
  readonly objects: readonly StoredObject[];
  /** Start of the next page; null: this is the last page. */
  readonly next: string | null;
}

/** A part of an object, and what the response shows of the whole object. */
export interface ObjectPart {
  readonly object: StoredObject;
  readonly bytes: Buffer;
}

/** Name of the object store among the services of a vendor: in `VendorRequest.service` and in an account's `endpoints`. */
export const storageService = 'storage';

/** A vendor's object store: how objects are listed and read, and how the calls are signed. Pure. */
export interface ObjectStore extends Protocol {
  /** Names of the vendor's permissions for listing and reading, for people. */
  readonly permissions: { readonly list: string; readonly read: string };
  /** Whether the vendor's restore service accepts files of this storage class. */
  restorable(storageClass: string): boolean;
  /** Lists one page of objects by prefix, in the order of their keys. `from`: `next` of the previous page, or null. */
  list(bucket: string, prefix: string, from: string | null): VendorRequest;
  /** Throws `VendorError` of kind `malformed`. */
  parsePage(reply: VendorReply): ObjectPage;
  /** Reads a range of bytes. `first` and `last` are both included, counted from 0. */
  read(bucket: string, key: string, first: number, last: number): VendorRequest;
  /** Throws `VendorError` of kind `malformed`, also if the store ignored the range. */
  parsePart(reply: VendorReply, key: string, first: number): ObjectPart;
}
