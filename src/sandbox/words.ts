/** Whether a key or an id contains a magic word, in any case and not preceded by a letter. `_` equals `-`. */
export function holdsWord(text: string, word: string): boolean {
  return new RegExp(`(?<![a-z])${word.replaceAll('-', '[-_]')}`, 'i').test(text);
}
