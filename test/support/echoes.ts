/** The forms in which a vendor may repeat a request. */
export const echoForms: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  'in upper case': (text) => text.toUpperCase(),
  'in lower case': (text) => text.toLowerCase(),
  'percent-encoded': encodeURIComponent,
  'percent-encoded in lower case': (text) =>
    encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (each) => each.toLowerCase()),
  'percent-encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'with JSON escapes': (text) =>
    text.replace(/[&=<>+'/]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'with escaped slashes': (text) => text.replaceAll('/', '\\/'),
  'HTML-escaped': (text) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
  'HTML-escaped by number': (text) => text.replace(/[^A-Za-z0-9]/g, (each) => `&#x${each.charCodeAt(0).toString(16)};`),
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in base64 from the middle': (text) => Buffer.from(`xy${text}`).toString('base64').slice(2),
  'in base64url': (text) => Buffer.from(text).toString('base64url'),
  'cut at the end': (text) => text.slice(0, Math.ceil(text.length * 0.8)),
};

/** Every decoding of a text in which a search for secrets may look, in lower case. */
export function readings(text: string): string {
  const all = [text];
  for (let pass = 0; pass < 3; pass++) {
    const last = all.at(-1) ?? '';
    all.push(
      last
        .replace(/%25/g, '%')
        .replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
        .replace(/\\{1,2}u00([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
        .replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
        .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
        .replaceAll('&amp;', '&')
        .replace(/\\+\//g, '/'),
    );
  }
  for (const word of text.match(/[A-Za-z0-9+/_-]{16,}={0,2}/g) ?? [])
    for (let offset = 0; offset < 4; offset++) all.push(Buffer.from(word.slice(offset), 'base64').toString('latin1'));
  return all.join('\n').toLowerCase();
}
