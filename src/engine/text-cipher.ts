import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { Runtime } from '../domain/runtime.ts';
import type { Secret } from '../domain/secret.ts';

/** Encrypts texts that are kept: AES-256-GCM, `v1.<key id>.<nonce>.<tag>.<text>`, each part base64url. */
export interface TextCipher {
  /** Null: no key is configured. */
  seal(text: string): string | null;
  /** Throws when the key that sealed it is gone. */
  open(sealed: string): string;
}

/** `keys`: 32 bytes in base64 each; the first seals, all open. */
export function createTextCipher(keys: readonly Secret[], runtime: Pick<Runtime, 'randomBytes'>): TextCipher {
  const byId = new Map(
    keys.map((secret) => {
      const key = Buffer.from(secret.reveal(), 'base64');
      if (key.length !== 32) throw new Error('an encryption key has to be 32 bytes in base64');
      return [createHash('sha256').update(key).digest('base64url').slice(0, 8), key] as const;
    }),
  );
  const [sealing] = byId;
  return {
    seal(plain) {
      if (sealing === undefined) return null;
      const [id, key] = sealing;
      const nonce = runtime.randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      const parts = [Buffer.from(nonce), cipher.getAuthTag(), text].map((part) => part.toString('base64url'));
      return ['v1', id, ...parts].join('.');
    },
    open(sealed) {
      const [version, id, nonce, tag, text] = sealed.split('.');
      const key = byId.get(id ?? '');
      if (version !== 'v1' || key === undefined || nonce === undefined || tag === undefined || text === undefined)
        throw new Error(`no configured key opens a stored text (key id ${id ?? 'unknown'})`);
      // Without the length, a tag cut to four bytes would do.
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: 16 });
      decipher.setAuthTag(Buffer.from(tag, 'base64url'));
      return Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]).toString('utf8');
    },
  };
}
