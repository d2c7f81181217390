/** A header as one text; repeated headers become a list. */
export function headerText(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' || header === undefined ? header : header.join(', ');
}
