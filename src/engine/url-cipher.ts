import type { SealedUrl } from '../domain/migration.ts';
import { Problem } from '../domain/problem.ts';
import { displayUrl } from '../domain/secret.ts';
import type { TextCipher } from './text-cipher.ts';

/** Encrypts and decrypts URLs that may grant access. */
export interface UrlCipher {
  /** Encrypts a URL and binds it to a backup. Throws the problem `encryption_key_required` if no key is configured. */
  seal(url: string, backupId: string): SealedUrl;
  /** Decrypts a URL of this backup. Throws `SealedTextUnreadable`. */
  open(url: SealedUrl, backupId: string): string;
}

/** Creates the cipher for URLs of sources. */
export function createUrlCipher(cipher: TextCipher): UrlCipher {
  return {
    seal(url, backupId) {
      const sealed = cipher.seal(url, placeOf(backupId));
      if (sealed === null)
        throw new Problem(
          'encryption_key_required',
          'Signed URLs are stored encrypted, and no encryption key is configured.',
          {
            errors: [
              {
                pointer: '/source/urls',
                detail: 'Configure `encryption.key`, or use a source of type `object_storage`.',
              },
            ],
          },
        );
      return { display: displayUrl(url), sealed };
    },
    open: ({ sealed }, backupId) => cipher.open(sealed, placeOf(backupId)),
  };
}

function placeOf(backupId: string): string {
  return `source-url ${backupId}`;
}
