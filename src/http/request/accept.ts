interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
}

/** The caller's preference for a media type, 0 to 1 (RFC 9110, section 12.5.1). Without `Accept` every type is acceptable. */
export function acceptQuality(accept: string | undefined, mediaType: string): number {
  if (accept === undefined || accept.trim() === '') return 1;
  const [type = '', subtype = ''] = mediaType.split('/');
  let best: { precision: number; quality: number } | null = null;
  for (const range of mediaRanges(accept)) {
    const precision = precisionOf(range, type, subtype);
    if (precision === null) continue;
    if (best === null || precision > best.precision || (precision === best.precision && range.quality > best.quality))
      best = { precision, quality: range.quality };
  }
  return best?.quality ?? 0;
}

/** Whether HTML is preferred to JSON, as by a browser. */
export function prefersHtml(accept: string | undefined): boolean {
  return acceptQuality(accept, 'text/html') > acceptQuality(accept, 'application/json');
}

function precisionOf(range: MediaRange, type: string, subtype: string): number | null {
  if (range.type === type && range.subtype === subtype) return 2;
  if (range.type === type && range.subtype === '*') return 1;
  return range.type === '*' && range.subtype === '*' ? 0 : null;
}

function mediaRanges(accept: string): readonly MediaRange[] {
  return accept
    .slice(0, 2048)
    .split(',')
    .map((part) => {
      const [range = '', ...parameters] = part.trim().toLowerCase().split(';');
      // Some clients send a single asterisk for everything.
      const [type = '', subtype = ''] = (range.trim() === '*' ? '*/*' : range.trim()).split('/');
      const weight = parameters.map((each) => /^\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*$/.exec(each)?.[1]).find(Boolean);
      return { type, subtype, quality: weight === undefined ? 1 : Number(weight) };
    });
}
