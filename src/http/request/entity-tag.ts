import { invalidParameter } from '../validation/invalid-request.ts';

/** The tags of a condition: `*`, or a list. */
export type TagCondition = '*' | readonly EntityTag[];

export interface EntityTag {
  readonly weak: boolean;
  /** Without quotes. */
  readonly value: string;
}

const tagPattern = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;

/** Reads `If-Match` or `If-None-Match` (RFC 9110, section 13.1). Throws `invalid_request` naming the header. */
export function readTags(name: 'If-Match' | 'If-None-Match', header: string | undefined): TagCondition | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (text === '*') return '*';
  return text.split(',').map((part) => {
    const match = tagPattern.exec(part.trim());
    if (match === null) throw invalidParameter(name, 'must be `*` or entity tags in double quotes, as in `ETag`');
    return { weak: match[1] !== undefined, value: match[2] ?? '' };
  });
}

/** Whether `If-None-Match` matches the current representation (weak comparison). */
export function notModified(condition: TagCondition | null, current: string): boolean {
  if (condition === null) return false;
  return condition === '*' || condition.some((tag) => tag.value === current);
}

/** The tags that `If-Match` accepts (strong comparison: weak tags never match); null: no condition. */
export function acceptedTags(condition: TagCondition | null): readonly string[] | null {
  if (condition === null || condition === '*') return null;
  return condition.filter((tag) => !tag.weak).map((tag) => tag.value);
}
