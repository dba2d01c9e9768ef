import { test } from 'tap';
import { SourceKind, sourceKinds } from '../../../../hooks/registry/source/kinds.ts';
import { RegistryEntry, Source } from '../../../../hooks/registry/source/schema.ts';

test('each kind of the table is a field of a source, and of an entry where it can be inline', async (t) => {
  t.ok(SourceKind.length > 0);
  for (const kind of SourceKind) {
    const { schema, inline } = sourceKinds[kind];
    t.match(Source.properties[kind], schema, kind);
    t.equal(kind in RegistryEntry.properties, inline, `${kind} in an entry`);
  }
});

test('only kinds that the server reads again have an interval and a filter', async (t) => {
  t.strictSame(
    SourceKind.filter((kind) => !sourceKinds[kind].synced),
    ['managed', 'kubernetes'],
  );
});
