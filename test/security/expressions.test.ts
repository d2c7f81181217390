import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { restoreCause } from '../../src/domain/restore-errors.ts';
import { maxOtherLength, maxTextLength } from '../../src/transport/bounded-answer.ts';
import { redactorOf } from '../../src/transport/redaction.ts';
import { cpuTimeOf } from '../support/cpu-time.ts';

const source = resolve(import.meta.dirname, '../../src');
/** The longest input of any expression, in characters: a vendor text. Texts of callers and files are shorter. */
const defaultLength = maxTextLength;
/** Files whose expressions read longer inputs: whole answers. */
const longer: Readonly<Record<string, number>> = {
  'transport/redaction.ts': 1024 * 1024,
  'providers/alibaba/reply.ts': maxOtherLength,
};
/** Limit for 8 Ki characters, in milliseconds. An expression of more than linear time takes several times as long. */
const allowedMs = 15;

/** A regular expression literal: where one can begin, its body with classes and escapes, its flags. */
const literal =
  /(?<=(?:^|[=(,:[!&|?{};+]|=>|return|case)\s*)\/(?![*/])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+)\/([dgimsuvy]*)(?!\w)/gm;

interface Expression {
  readonly file: string;
  readonly text: string;
  readonly make: () => RegExp;
}

function expressionsOf(file: string): readonly Expression[] {
  // Without types and comments, so that the scan reads code alone.
  const code = stripTypeScriptTypes(readFileSync(join(source, file), 'utf8')).replace(
    /\/\*[\s\S]*?\*\/|(?<!['"`:\\])\/\/.*$/gm,
    '',
  );
  return [...code.matchAll(literal)].flatMap(([text, body = '', flags = '']) =>
    // Text between two parts of a template may look like an expression.
    body.includes('${') || body.includes('`') ? [] : [{ file, text, make: () => new RegExp(body, flags) }],
  );
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.startsWith('sandbox/'),
);
const expressions = files.flatMap(expressionsOf);

/** Inputs that provoke backtracking: long runs that an expression matches, with an end that it does not. */
function attacksOn({ text, file }: Expression): readonly string[] {
  const length = longer[file] ?? defaultLength;
  const words = new Set([
    ...' /\\\r\n\t"\'<>.,:;=&%?-_+*#()[]{}0aAz',
    ...(text.match(/[A-Za-z]{2,}/g) ?? []).slice(0, 12),
    '\\r',
    '\\n',
    ' a',
    'a ',
    '0.',
    '"a',
    '%25',
    '://',
  ]);
  return [...words].flatMap((word) => {
    const run = word.repeat(Math.ceil(length / word.length)).slice(0, length);
    return [run, `${run}\u0000`];
  });
}

function timeOf(expression: Expression, attack: string, allowed: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 2 && best > allowed; attempt++) {
    const made = expression.make();
    best = Math.min(
      best,
      cpuTimeOf(() => attack.replace(made, '')),
    );
  }
  return best;
}

describe('regular expressions in the source', () => {
  it('are found by the scan', () => {
    expect(expressions.length).toBeGreaterThan(150);
    for (const { file, text, make } of expressions) expect(make, `${file}: ${text}`).not.toThrow();
  });

  it('finish in time on the largest input that can reach them', () => {
    const slow = expressions.flatMap((expression) => {
      const allowed = (allowedMs * (longer[expression.file] ?? defaultLength)) / defaultLength;
      const worst = attacksOn(expression)
        .map((attack) => ({ attack, ms: timeOf(expression, attack, allowed) }))
        .reduce((one, other) => (other.ms > one.ms ? other : one));
      return worst.ms > allowed
        ? [
            `${expression.file}: ${expression.text} takes ${Math.round(worst.ms)} ms on ${JSON.stringify(worst.attack.slice(0, 10))}…`,
          ]
        : [];
    });
    expect(slow).toEqual([]);
  });
});

describe('regular expressions that are made while the program runs', () => {
  it('are made in these files only', () => {
    const found = files.filter((file) => /new RegExp\(/.test(readFileSync(join(source, file), 'utf8')));
    expect(found.sort()).toEqual([
      // From a pattern in the source.
      'command/keys-new.ts',
      // From names of databases and files.
      'domain/restore-errors.ts',
      // From three names in the source.
      'providers/alibaba/reply.ts',
      // From secrets.
      'transport/redaction.ts',
    ]);
  });

  const texts = (word: string, size: number) => word.repeat(Math.ceil(size / word.length)).slice(0, size);

  it.each([
    ['blanks', ' ', 'orders'],
    ['an introduction without a name', 'database ', 'database'],
    ['a name that is nearly there everywhere', '1a', `${'1a'.repeat(400)}x`],
    ['one long name', 'a', `1${'a'.repeat(900)}.bak`],
    ['signs of expressions', '(a+)+$', `${'(a+)+$'.repeat(100)}!`],
  ])('from names that callers give finish in time in a text of %s', (_what, word, name) => {
    const names = Array.from({ length: 256 }, (_, index) => `${name}${index}`);
    expect(cpuTimeOf(() => restoreCause(texts(word, maxTextLength), names))).toBeLessThan(1000);
  });

  it.each([
    ['letters', 'k'.repeat(32)],
    ['a long token', `eyJ${'a.'.repeat(2000)}`],
    ['backslashes', '\\'.repeat(64)],
    ['percent signs', '%25'.repeat(30)],
    ['digits', '1234567890'],
  ])('from secrets of %s take time that grows as the text does', (_what, secret) => {
    const redact = redactorOf([secret]);
    const nearly = `${secret.slice(0, -1)}!`;
    const size = longer['transport/redaction.ts'] ?? defaultLength;
    for (const word of [secret, nearly, secret.slice(0, 1)]) {
      const half = cpuTimeOf(() => redact(texts(word, size / 2)));
      expect(cpuTimeOf(() => redact(texts(word, size)))).toBeLessThan(3 * half + 500);
    }
  });
});
