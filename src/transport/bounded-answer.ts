/** Maximum nesting depth of a vendor's response. Real responses stay far below these bounds. */
export const maxDepth = 64;
const maxElements = 300_000;
/** Maximum number of characters of one text. The remainder of a longer vendor text carries no further information. */
export const maxTextLength = 8192;
/** Maximum number of characters of a response other than JSON, for example a proxy's error page or a short XML document. */
export const maxOtherLength = 32 * 1024;
/** Maximum number of characters of one page of an object store's list: 1,000 percent-encoded keys of 1,024 bytes with their attributes. */
export const maxListLength = 4 * 1024 * 1024;

/** A response that exceeds `maxDepth` or the maximum number of elements. The client treats it as a malformed response. */
export class UnboundedAnswer extends Error {
  override readonly name = 'UnboundedAnswer';
  readonly code = 'ANSWER_TOO_COMPLEX';
}

const quote = 0x22;
const backslash = 0x5c;

/**
 * Cuts every text of a response body to `maxTextLength` characters, which bounds the input of regular expressions. Reads the body once.
 * `maxOther`: maximum number of characters of a body other than JSON. Throws `UnboundedAnswer` for a document that is nested too deeply or
 * has too many elements.
 */
export function boundedBody(body: string, maxOther = maxOtherLength): string {
  const first = body.trimStart()[0];
  if (first !== '{' && first !== '[' && first !== '"') return body.slice(0, maxOther);
  let depth = 0;
  let elements = 0;
  let kept = '';
  let from = 0;
  for (let at = 0; at < body.length; at++) {
    const code = body.charCodeAt(at);
    if (code === quote) {
      const { end, cut } = textFrom(body, at + 1);
      if (cut !== null) {
        kept += body.slice(from, cut);
        from = end;
      }
      at = end;
    } else if (code === 0x7b || code === 0x5b) {
      elements++;
      if (++depth > maxDepth) throw new UnboundedAnswer(`nested deeper than ${maxDepth}`);
    } else if (code === 0x7d || code === 0x5d) depth--;
    else if (code === 0x2c && ++elements > maxElements) throw new UnboundedAnswer(`more than ${maxElements} elements`);
  }
  return from === 0 ? body : kept + body.slice(from);
}

/** Finds the closing quotation mark of a JSON text and the position of the cut; `cut` is null for a short text. */
function textFrom(body: string, start: number): { readonly end: number; readonly cut: number | null } {
  const limit = start + maxTextLength;
  let cut: number | null = null;
  let at = start;
  for (; at < body.length; at++) {
    // A cut is possible only between two characters, so that no escape sequence is split.
    if (cut === null && at >= limit) cut = at;
    const code = body.charCodeAt(at);
    if (code === quote) break;
    if (code === backslash) at += body[at + 1] === 'u' ? 5 : 1;
  }
  return { end: Math.min(at, body.length), cut: cut !== null && cut < at ? cut : null };
}
