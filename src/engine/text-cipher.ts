import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { Runtime } from '../domain/runtime.ts';
import type { Secret } from '../domain/secret.ts';

/** A sealed text cannot be opened: its key is not configured, or it was not sealed for this place. The message contains none of it. */
export class SealedTextUnreadable extends Error {
  override readonly name = 'SealedTextUnreadable';
}

/**
 * Encrypts texts for storage with AES-256-GCM: `v2.<key id>.<nonce>.<tag>.<text>`, each part in base64url. A text is bound to a
 * place (its purpose and the id of its record) and opens for no other. Texts of the earlier version `v1` are not bound; they can be opened
 * and are sealed again.
 */
export interface TextCipher {
  /** Beginning of newly sealed texts: version and key id. Null: no key is configured. */
  readonly mark: string | null;
  /** Ids of the configured keys. */
  readonly keyIds: ReadonlySet<string>;
  /** Encrypts a text. Null: no key is configured. */
  seal(text: string, place: string): string | null;
  /** Decrypts a text. Throws `SealedTextUnreadable`. */
  open(sealed: string, place: string): string;
}

/** Creates the cipher. `keys`: 32 bytes in base64 each; the first one seals, all can open. Throws an `Error` for another length. */
export function createTextCipher(keys: readonly Secret[], runtime: Pick<Runtime, 'randomBytes'>): TextCipher {
  const byId = new Map(
    keys.map((secret) => {
      const key = Buffer.from(secret.reveal(), 'base64');
      if (key.length !== 32) throw new Error('an encryption key must be 32 bytes in base64');
      return [createHash('sha256').update(key).digest('base64url').slice(0, 8), key] as const;
    }),
  );
  const [sealing] = byId;
  return {
    mark: sealing === undefined ? null : `v2.${sealing[0]}`,
    keyIds: new Set(byId.keys()),
    seal(plain, place) {
      if (sealing === undefined) return null;
      const [id, key] = sealing;
      const nonce = runtime.randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      const parts = [Buffer.from(nonce), cipher.getAuthTag(), text].map((part) => part.toString('base64url'));
      return ['v2', id, ...parts].join('.');
    },
    open(sealed, place) {
      const [version, id = '', nonce, tag, text] = sealed.split('.');
      const key = byId.get(id);
      if (key === undefined) throw new SealedTextUnreadable(`no encryption key with the id \`${id}\` is configured`);
      if ((version !== 'v1' && version !== 'v2') || nonce === undefined || tag === undefined || text === undefined)
        throw new SealedTextUnreadable('a sealed text has an unknown form');
      try {
        // Without this length Node accepts a tag that is cut to four bytes.
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: 16 });
        if (version === 'v2') decipher.setAAD(Buffer.from(place));
        decipher.setAuthTag(Buffer.from(tag, 'base64url'));
        return Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]).toString('utf8');
      } catch {
        throw new SealedTextUnreadable('a sealed text was changed, or was sealed for another record');
      }
    },
  };
}
