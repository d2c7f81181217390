import type { FieldFault } from '../../domain/problem.ts';
import { memberPointer } from './pointer.ts';

/** Finds texts in a body, including member names, with U+0000 or a lone surrogate, which databases and other readers may not accept. */
export function textFaults(body: unknown): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  const open: { readonly value: unknown; readonly pointer: string }[] = [{ value: body, pointer: '' }];
  for (let next = open.pop(); next !== undefined && faults.length < maxFaults; next = open.pop()) {
    const { value, pointer } = next;
    if (typeof value === 'string' && !isPlain(value)) faults.push({ pointer, detail });
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, member] of Object.entries(value)) {
      if (isPlain(name)) open.push({ value: member, pointer: memberPointer(pointer, name) });
      else faults.push({ pointer, detail: `has a member whose name ${detail}` });
    }
  }
  return faults;
}

const maxFaults = 50;
const detail = 'must not contain the character U+0000 or half of a surrogate pair';

function isPlain(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}
