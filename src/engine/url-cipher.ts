import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { SealedUrl } from '../domain/migration.ts';
import { Problem } from '../domain/problem.ts';
import type { Runtime } from '../domain/runtime.ts';
import { displayUrl, type Secret } from '../domain/secret.ts';

/** Seals and opens URLs that carry rights: AES-256-GCM, `v1.<key id>.<nonce>.<tag>.<text>`, each part base64url. */
export interface UrlCipher {
  /** Throws the problem `encryption_key_required` when no key is configured. */
  seal(url: string): SealedUrl;
  /** Throws when the key that sealed it is gone. */
  open(url: SealedUrl): string;
}

/** `keys`: 32 bytes in base64 each; the first seals, all open. */
export function createUrlCipher(keys: readonly Secret[], runtime: Pick<Runtime, 'randomBytes'>): UrlCipher {
  const byId = new Map(
    keys.map((secret) => {
      const key = Buffer.from(secret.reveal(), 'base64');
      if (key.length !== 32) throw new Error('an encryption key has to be 32 bytes in base64');
      return [createHash('sha256').update(key).digest('base64url').slice(0, 8), key] as const;
    }),
  );
  const [sealing] = byId;
  return {
    seal(url) {
      if (sealing === undefined)
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
      const [id, key] = sealing;
      const nonce = runtime.randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const text = Buffer.concat([cipher.update(url, 'utf8'), cipher.final()]);
      const parts = [Buffer.from(nonce), cipher.getAuthTag(), text].map((part) => part.toString('base64url'));
      return { display: displayUrl(url), sealed: ['v1', id, ...parts].join('.') };
    },
    open({ sealed }) {
      const [version, id, nonce, tag, text] = sealed.split('.');
      const key = byId.get(id ?? '');
      if (version !== 'v1' || key === undefined || nonce === undefined || tag === undefined || text === undefined)
        throw new Error(`no configured key opens a stored URL (key id ${id ?? 'unknown'})`);
      // Without the length, a tag cut to four bytes would do.
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: 16 });
      decipher.setAuthTag(Buffer.from(tag, 'base64url'));
      return Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]).toString('utf8');
    },
  };
}
