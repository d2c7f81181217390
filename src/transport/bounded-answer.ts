/** Bounds of a vendor's answer before anything reads it. Real answers stay far below. */
export const maxDepth = 64;
const maxElements = 300_000;
/** Maximum characters of one text; longer vendor texts say nothing more. */
export const maxTextLength = 8192;
/** Maximum characters of a response that is not JSON: a proxy's page, or a short XML document. */
export const maxOtherLength = 32 * 1024;
/** Maximum characters of a page of an object store's list: a thousand percent-encoded keys of 1024 bytes with their attributes. */
export const maxListLength = 4 * 1024 * 1024;

/** A response that is not read further. */
export class UnboundedAnswer extends Error {
  override readonly name = 'UnboundedAnswer';
  readonly code = 'ANSWER_TOO_COMPLEX';
}

const quote = 0x22;
const backslash = 0x5c;

/**
 * The body of a response with every text cut at `maxTextLength` characters, so that no expression ever sees a longer one. Reads the body
 * once, whatever it contains. `maxOther`: maximum characters of a body that is not JSON. Throws `UnboundedAnswer` for a document that is
 * deeper or has more elements than any vendor's response.
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

/** The end of a JSON text (its closing quotation mark), and where to cut it; null: it is short enough. */
function textFrom(body: string, start: number): { readonly end: number; readonly cut: number | null } {
  const limit = start + maxTextLength;
  let cut: number | null = null;
  let at = start;
  for (; at < body.length; at++) {
    // Cuts between two characters, so that no escape is split.
    if (cut === null && at >= limit) cut = at;
    const code = body.charCodeAt(at);
    if (code === quote) break;
    if (code === backslash) at += body[at + 1] === 'u' ? 5 : 1;
  }
  return { end: Math.min(at, body.length), cut: cut !== null && cut < at ? cut : null };
}
