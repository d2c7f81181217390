import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { eventTypes } from '../../src/domain/vocabulary.ts';
import { eventCatalogue, eventMembers } from '../../src/http/schemas/event-examples.ts';
import { eventsPage } from '../../tools/documents/events.ts';

const page = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');

it('docs/events.md has the present catalogue of events (npm run docs writes it)', () => {
  expect(eventsPage(page)).toBe(page);
});

it('docs/events.md has a row, an example and an anchor for each type', () => {
  const headings = new Set([...page.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading));
  expect([...headings]).toEqual(eventTypes.toSorted((a, b) => order(a) - order(b)));
  for (const type of eventTypes) {
    expect(page).toContain(`| [\`${type}\`](#${type.replace('.', '')}) | `);
    expect(page).toContain(`"type": "godwit.${type}"`);
  }
});

const order = (type: string): number => Object.keys(eventCatalogue).indexOf(type);

it('docs/events.md explains each member of `data` once, and no other', () => {
  const used = new Set(Object.values(eventCatalogue).flatMap(({ data }) => Object.keys(data)));
  expect(Object.keys(eventMembers)).toEqual([...used].sort());
});
