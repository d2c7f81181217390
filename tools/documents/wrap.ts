/** Longest line of Markdown prose, in characters. */
export const maxLine = 120;

const fence = /^\s*(?:```|~~~)/;
/** Lines that are never wrapped: headings, tables, comments, HTML, link definitions. */
const fixed = /^\s*(?:#|\||<|\[[^\]]+\]:)/;
const item = /^(\s*(?:[-*+]|\d+[.)])\s+|\s*>\s?)/;
/** Words that would open a list, a heading, a quotation or a table at the start of a line. */
const opens = /^(?:[-+*>|#]|#{1,6}|\d+[.)]|<.*)$/;

/**
 * The page with its prose wrapped at 120 characters. Only paragraphs with a longer line change. A word without a space, such as a URL, may
 * be longer.
 */
export function wrapMarkdown(text: string): string {
  const result: string[] = [];
  let paragraph: string[] = [];
  let inCode = false;
  const end = (): void => {
    result.push(...wrapped(paragraph));
    paragraph = [];
  };
  for (const line of text.split('\n')) {
    if (fence.test(line)) inCode = !inCode;
    const asItIs = inCode || fence.test(line) || fixed.test(line) || line.trim() === '';
    if (asItIs || item.test(line)) end();
    if (asItIs) result.push(line);
    else paragraph.push(line);
    // Two spaces or a backslash at the end are an intended line break.
    if (/(?: {2}|\\)$/.test(line)) end();
  }
  end();
  return result.join('\n');
}

/** Numbers from 1 of prose lines that are too long and could be wrapped. */
export function longLines(text: string): readonly number[] {
  const after = wrapMarkdown(text).split('\n');
  const before = text.split('\n');
  return before.flatMap((line, index) => (line.length > maxLine && !after.includes(line) ? [index + 1] : []));
}

function wrapped(lines: readonly string[]): readonly string[] {
  const [first = ''] = lines;
  if (lines.every((line) => line.length <= maxLine)) return lines;
  const mark = item.exec(first)?.[1] ?? /^\s*/.exec(first)?.[0] ?? '';
  const indent = mark.trimStart().startsWith('>') ? mark : ' '.repeat(mark.length);
  const words = wordsOf([first.slice(mark.length), ...lines.slice(1)].map((line) => line.trim()).join(' '));
  const result: string[] = [];
  let current = mark;
  let empty = true;
  for (const word of words) {
    if (!empty && current.length + 1 + word.length > maxLine && !opens.test(word)) {
      result.push(current);
      current = indent + word;
    } else {
      current += empty ? word : ` ${word}`;
    }
    empty = false;
  }
  return [...result, current];
}

/** Splits at spaces; a code span is one word. */
function wordsOf(text: string): readonly string[] {
  return text.match(/(?:`[^`]*`|[^\s`])+/g) ?? [];
}
