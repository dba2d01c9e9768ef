import fc from 'fast-check';
import { mutated } from './mutated.ts';

/** Bodies made from good ones, each of them wrong in another way, or just another good one. */
export function wrongBodies(good: readonly object[]): fc.Arbitrary<Buffer> {
  const request = fc.constantFrom(...good);
  const text = request.map((each) => JSON.stringify(each));
  const at = fc.nat();
  const place = (body: { length: number }, index: number) => index % body.length;
  const insert = (into: string, index: number, what: string) =>
    into.slice(0, place(into, index)) + what + into.slice(place(into, index));
  const token = fc.constantFrom(
    ...[
      'NaN',
      'Infinity',
      '1e999',
      '-1e999',
      '123456789012345678901234567890',
      '0.1e-400',
      '-0',
      'undefined',
    ],
    ...['{', '}', '[', ']', ',', ':', '"', '\\', '\\u0000', '\\ud800', '//', '\ufeff', '\u0000'],
    ...['"__proto__":{"x":1},', '"constructor":{"prototype":{}},', '"toString":1,', '"children":{},'],
    '"parent":null,',
  );
  const texts = fc.oneof(
    fc.tuple(text, at).map(([body, index]) => body.slice(0, place(body, index))),
    fc.tuple(text, at, token).map(([body, index, what]) => insert(body, index, what)),
    // After a brace, where it is a key of its own.
    fc.tuple(text, at, token).map(([body, index, what]) => {
      const brace = body.indexOf('{', place(body, index));
      return insert(body, brace + 1, what);
    }),
    // In place of a value.
    fc.tuple(text, at, token).map(([body, index, what]) => {
      const begin = body.indexOf(':', place(body, index)) + 1;
      return body.slice(0, begin) + what + body.slice(begin).replace(/^("[^"]*"|[^,}\]]*)/, '');
    }),
    fc.tuple(text, fc.integer({ min: 1, max: 60_000 }), fc.boolean()).map(([body, depth, list]) => {
      const deep = list
        ? '['.repeat(depth) + ']'.repeat(depth)
        : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
      return body.replace('"spec":', `"spec":${deep},"other":`);
    }),
    mutated(request).map((value) => JSON.stringify(value) ?? ''),
    fc.json(),
    fc.string(),
  );
  return fc.oneof(
    { weight: 6, arbitrary: texts.map((each) => Buffer.from(each)) },
    { weight: 1, arbitrary: texts.map((each) => Buffer.from(each, 'latin1')) },
    { weight: 1, arbitrary: texts.map((each) => Buffer.from(each, 'utf16le')) },
    {
      weight: 2,
      arbitrary: fc.tuple(text, at, fc.integer({ min: 0, max: 255 })).map(([body, index, byte]) => {
        const bytes = Buffer.from(body);
        bytes[place(bytes, index)] = byte;
        return bytes;
      }),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)) },
  );
}
