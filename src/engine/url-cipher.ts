import type { SealedUrl } from '../domain/migration.ts';
import { Problem } from '../domain/problem.ts';
import { displayUrl } from '../domain/secret.ts';
import type { TextCipher } from './text-cipher.ts';

/** Seals and opens URLs that carry rights. */
export interface UrlCipher {
  /** For a backup. Throws the problem `encryption_key_required` when no key is configured. */
  seal(url: string, backupId: string): SealedUrl;
  /** Of that backup. Throws `SealedTextUnreadable`. */
  open(url: SealedUrl, backupId: string): string;
}

/** The URLs of sources, sealed as texts. */
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
