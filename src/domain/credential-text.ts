import { remembered } from './remembered.ts';
import { Secret } from './secret.ts';
import type { Credentials } from './vendor.ts';

/** Members that are sent in a JSON body, so they may contain every printable character. */
const typed: ReadonlySet<string> = new Set(['accountName', 'userName', 'password']);
/** Members that are not sent to the vendor. */
const ours: ReadonlySet<string> = new Set(['provider', 'method']);

/** A member of credentials that makes them unusable. */
export interface CredentialFault {
  /** The member, such as `accessKeySecret`. */
  readonly name: string;
  /** The fault, without the secret value. */
  readonly detail: string;
}

/**
 * The first fault in credentials that makes them unusable in a request: an empty member, or a character that no key or token contains, such
 * as a line break. Null: no fault found.
 */
export const credentialFault = remembered((credentials: Credentials): CredentialFault | null => {
  for (const [name, member] of Object.entries(credentials)) {
    if (ours.has(name)) continue;
    const text = member instanceof Secret ? member.reveal() : String(member);
    if (text === '') return { name, detail: 'is empty' };
    const characters = Array.from(text);
    const at = characters.findIndex((character) =>
      typed.has(name) ? /[\p{Cc}\p{Cf}]/u.test(character) : !/[!-~]/.test(character),
    );
    if (at >= 0) {
      const code = (characters[at]?.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      return { name, detail: `contains the character U+${code} at position ${at + 1} of ${characters.length}` };
    }
  }
  return null;
});
