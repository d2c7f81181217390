import fc from 'fast-check';
import type { VendorReply } from '../../../src/domain/vendor.ts';

const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    '0',
    'null',
    true,
    200,
    -1,
    [],
    {},
    '0000-00-00 00:00:00',
    '%E8%',
    'x'.repeat(3000),
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** The same JSON with some values replaced or removed. */
function spoil(value: unknown, choose: () => number, with_: () => unknown): unknown {
  const chance = choose();
  if (chance === 0) return with_();
  if (Array.isArray(value)) return value.filter(() => choose() !== 1).map((each) => spoil(each, choose, with_));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(() => choose() !== 1)
      .map(([name, member]) => [name, spoil(member, choose, with_)]),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const headers = fc.dictionary(
  fc.constantFrom('retry-after', 'x-acs-retry-after', 'date', 'x-subject-token', 'content-type'),
  fc.oneof(fc.constantFrom('999999', '-1', '1e9', 'Fri, 01 Jan 2100 00:00:00 GMT', 'soon'), fc.string()),
);

/** Vendor answers in every condition: intact, with junk, truncated, of another format, under any status. */
export function spoiledAnswers(samples: readonly VendorReply[]): fc.Arbitrary<VendorReply> {
  const body = fc
    .tuple(fc.constantFrom(...samples), fc.infiniteStream(fc.integer({ min: 0, max: 12 })), fc.infiniteStream(junk))
    .map(([sample, choices, values]) => {
      const next = <T>(stream: Iterator<T>): T => stream.next().value as T;
      return (
        JSON.stringify(
          spoil(
            parsed(sample.body),
            () => next(choices),
            () => next(values),
          ),
        ) ?? ''
      );
    });
  const anyBody = fc.oneof(
    { weight: 6, arbitrary: body },
    { weight: 2, arbitrary: fc.constantFrom(...samples.map((sample) => sample.body)) },
    fc.tuple(fc.constantFrom(...samples), fc.nat(80)).map(([sample, length]) => sample.body.slice(0, length)),
    fc.constantFrom('', '<html>502</html>', 'null', '[]', '{}'),
    fc.json(),
    fc.string(),
  );
  return fc
    .record({
      body: anyBody,
      httpStatus: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(200, 201, 400) },
        fc.integer({ min: 100, max: 599 }),
      ),
      headers,
    })
    .map((answer) => ({ receivedAt: samples[0]?.receivedAt ?? 0, ...answer }));
}
