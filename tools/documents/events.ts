import { readFile, writeFile } from 'node:fs/promises';
import { eventCatalogue, eventExamples, eventMembers } from '../../src/http/schemas/event-examples.ts';
import { testEvent } from '../../src/webhooks/cloud-event.ts';
import { withGeneratedParts } from './generated.ts';

const page = new URL('../../docs/events.md', import.meta.url);

/** The types of events as a table. */
function typeTable(): string {
  const rows = Object.entries(eventCatalogue).map(([type, { says, data }]) => {
    const members = Object.keys(data).map((name) => `\`${name}\``);
    return `| [\`${type}\`](#${anchorOf(type)}) | ${says} | ${members.join(', ')} |`;
  });
  return ['| type | meaning | members of `data` |', '|---|---|---|', ...rows].join('\n');
}

/** The members of `data` as a table. */
function memberTable(): string {
  const rows = Object.entries(eventMembers).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
  return ['| member | meaning |', '|---|---|', ...rows].join('\n');
}

/** A whole message of each type. */
function examples(): string {
  return Object.entries(eventExamples)
    .map(([type, { value }]) => `### ${type}\n\n${jsonBlock(value)}`)
    .join('\n\n');
}

function testMessage(): string {
  const [{ value } = { value: undefined }] = Object.values(eventExamples);
  if (value === undefined) throw new Error('there are no examples of events');
  return jsonBlock(JSON.parse(testEvent(value.id, 'whk_01kbzq3m8e9v6x2c4n7p5r0t1w', Date.parse(value.time))));
}

function jsonBlock(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}

/** The anchor that renderers of Markdown give to a heading. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\w -]/g, '');
}

/** docs/events.md with the current event types. */
export function eventsPage(text: string): string {
  return withGeneratedParts(text, {
    types: typeTable,
    members: memberTable,
    examples,
    'test message': testMessage,
  });
}

if (import.meta.main) await writeFile(page, eventsPage(await readFile(page, 'utf8')));
