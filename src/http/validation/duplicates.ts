import type { FieldFault } from '../../domain/problem.ts';
import { memberPointer } from './pointer.ts';

const maxFaults = 20;

/**
 * Duplicate members in a JSON text; a parser silently keeps the last one. `text` is valid JSON and `parsed` its value. The text is scanned
 * only if it has more members than the value.
 */
export function duplicateMembers(text: string, parsed: unknown): readonly FieldFault[] {
  return writtenMembers(text) === membersOf(parsed) ? [] : findDuplicates(text);
}

/** Counts colons outside strings: one per member. */
function writtenMembers(text: string): number {
  let members = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === colon) members += 1;
    else if (code === quote) at = endOfString(text, at);
  }
  return members;
}

function membersOf(value: unknown): number {
  let members = 0;
  const open = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const inner = Object.values(next);
    if (!Array.isArray(next)) members += inner.length;
    for (const each of inner) if (typeof each === 'object' && each !== null) open.push(each);
  }
  return members;
}

interface Level {
  readonly pointer: string;
  /** Names seen so far; null: an array. */
  readonly names: Set<string> | null;
  /** The name or index of the next value. */
  next: string;
  index: number;
}

function findDuplicates(text: string): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  const levels: Level[] = [];
  let last = '';
  for (let at = 0; at < text.length && faults.length < maxFaults; at++) {
    const character = text[at] ?? '';
    const level = levels.at(-1);
    if (character === '"') {
      const end = endOfString(text, at);
      last = text.slice(at, end + 1);
      at = end;
    } else if (character === '{' || character === '[') {
      const pointer = level === undefined ? '' : memberPointer(level.pointer, level.next);
      levels.push({ pointer, names: character === '{' ? new Set() : null, next: '0', index: 0 });
    } else if (character === '}' || character === ']') levels.pop();
    else if (character === ':' && level?.names) {
      level.next = JSON.parse(last) as string;
      if (level.names.has(level.next))
        faults.push({ pointer: memberPointer(level.pointer, level.next), detail: 'occurs more than once' });
      level.names.add(level.next);
    } else if (character === ',' && level?.names === null) {
      level.index += 1;
      level.next = String(level.index);
    }
  }
  return faults;
}

const quote = 34;
const colon = 58;
const backslash = 92;

/** The position of the quote that ends the string starting at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}
