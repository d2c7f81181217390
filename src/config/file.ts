import { readFile } from 'node:fs/promises';
import { type Document, isAlias, parseDocument, visit } from 'yaml';
import { ConfigError } from './config.ts';

/** Messages for the error codes of the YAML parser. The parser's own messages quote the file, which may contain secrets. */
const sentences: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias has properties',
  BAD_ALIAS: 'a plain value begins with `*`, which means an alias: put it in quotes',
  BAD_DIRECTIVE: 'a line begins with `%`',
  BAD_DQ_ESCAPE: 'a text in double quotes has an escape that YAML does not know: use single quotes',
  BAD_INDENT: 'the indentation is inconsistent',
  BAD_SCALAR_START: 'a plain value begins with a character that is special in YAML: put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a name is where a value belongs; is a line indented wrongly, or does a value contain `: `?',
  DUPLICATE_KEY: 'a name appears twice in the same mapping',
  MISSING_CHAR: 'a quote, a bracket or a comma is missing',
  MULTILINE_IMPLICIT_KEY: 'a name spans several lines; is a quote missing?',
  TAB_AS_INDENT: 'a line is indented with a tab',
  TAG_RESOLVE_FAILED: 'a plain value begins with `!`, which means a type: put it in quotes',
  UNEXPECTED_TOKEN: 'a character or a word is misplaced',
};

/** Reads and parses a YAML or JSON file. Throws `ConfigError` with each fault and its line. */
export async function readConfigFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigError([
      `the file ${path} that GODWIT_CONFIG names cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    ]);
  }
  return parseConfig(text, path);
}

/** Parses the text of a YAML or JSON file. `path` appears in the messages. Throws `ConfigError`. */
export function parseConfig(text: string, path: string): unknown {
  const document = parseDocument(text, { prettyErrors: true, logLevel: 'silent' });
  const faults = [
    ...[...document.errors, ...document.warnings].map(({ code, linePos }) => ({
      line: linePos?.[0].line ?? 1,
      sentence: sentences[code] ?? 'a syntax error',
    })),
    ...unresolvedAliases(document, text),
  ];
  const told = new Set(faults.map(({ line, sentence }) => `line ${line}: ${sentence}`));
  if (told.size > 0) throw new ConfigError([...told].map((each) => `${path} is neither YAML nor JSON: ${each}`));
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch {
    throw new ConfigError([`${path}: its aliases expand to too many values`]);
  }
}

function unresolvedAliases(document: Document.Parsed, text: string): readonly { line: number; sentence: string }[] {
  const found: { line: number; sentence: string }[] = [];
  visit(document, {
    Alias(_key, node) {
      if (!isAlias(node) || node.resolve(document) !== undefined) return;
      const line = text.slice(0, node.range?.[0] ?? 0).split('\n').length;
      found.push({ line, sentence: sentences.BAD_ALIAS ?? '' });
    },
  });
  return found;
}
