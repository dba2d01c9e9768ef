import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { CliError } from '../../../src/cli/cli-error.ts';
import { InputDocument } from '../../../src/cli/input/input-document.ts';
import { type InputObject, readInput } from '../../../src/cli/input/read-input.ts';
import { InputBudget } from '../../../src/cli/input/read-texts.ts';
import { splitDocuments } from '../../../src/cli/input/split-documents.ts';

const err = { write: () => undefined, isTerminal: false };
const read = (stdin: string | Buffer, files: readonly string[] = ['-'], budget?: InputBudget) =>
  readInput(
    { files, namespace: 'default' },
    { readStdin: async () => Buffer.from(stdin as string), err },
    budget,
  );

const names = (objects: readonly InputObject[]) => objects.map(({ name }) => name);
const place = ({ placeOf }: InputObject, field?: string) => {
  const { document, line, column } = placeOf(field);
  return `${document}:${line}:${column}`;
};

const splits: readonly {
  readonly reason: string;
  readonly stream: string;
  readonly parts: readonly (readonly [line: number, text: string])[];
}[] = [
  { reason: 'nothing has no documents', stream: '', parts: [] },
  { reason: 'one document without a marker', stream: 'a: 1', parts: [[1, 'a: 1']] },
  {
    reason: 'markers begin documents, and empty ones are left out',
    stream: '---\na: 1\n---\n---\n# nothing\n\n---\nb: 2\n',
    parts: [
      [1, '---\na: 1\n'],
      [7, '---\nb: 2\n'],
    ],
  },
  {
    reason: 'a comment and a directive before the marker belong to the document',
    stream: '# licence\n%YAML 1.1\n---\na: 1\n--- # second\nb: 2',
    parts: [
      [1, '# licence\n%YAML 1.1\n---\na: 1\n'],
      [5, '--- # second\nb: 2'],
    ],
  },
  {
    reason: 'content may begin behind the marker',
    stream: '--- {a: 1}\n---\tb\n',
    parts: [
      [1, '--- {a: 1}\n'],
      [2, '---\tb\n'],
    ],
  },
  {
    reason: 'three dots end a document, and what follows is another one',
    stream: 'a: 1\n...\nb: 2\n...\n%YAML 1.1\n---\nc: 3\n',
    parts: [
      [1, 'a: 1\n...\n'],
      [3, 'b: 2\n...\n'],
      [5, '%YAML 1.1\n---\nc: 3\n'],
    ],
  },
  {
    reason: 'dashes that are no marker',
    stream: 'a: |\n  ---\n----\n',
    parts: [[1, 'a: |\n  ---\n----\n']],
  },
  {
    reason: 'line ends of Windows',
    stream: '---\r\na: 1\r\n---\r\nb: 2\r\n',
    parts: [
      [1, '---\r\na: 1\r\n'],
      [3, '---\r\nb: 2\r\n'],
    ],
  },
];

for (const { reason, stream, parts } of splits) {
  test(`documents: ${reason}`, async (t) => {
    t.strictSame(
      splitDocuments(stream).map(({ line, text }) => [line, text]),
      parts,
    );
  });
}

test('files, folders in the order of their paths, and standard input, in the order of -f', async (t) => {
  const object = (name: string) => `{apiVersion: v1, kind: Secret, metadata: {name: ${name}}}\n`;
  const folder = t.testdir({
    'b.yml': object('b'),
    'a.yaml': `${object('a1')}---\n${object('a2')}`,
    'c.json': '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"c"}}',
    'notes.txt': 'no: [yaml',
    '.hidden.yaml': object('hidden'),
    '.git': { 'x.yaml': object('git') },
    node_modules: { 'x.yaml': object('module') },
    'a.d': { 'z.yaml': object('z') },
  });
  symlinkSync(join(folder, 'b.yml'), join(folder, 'link.yaml'));
  symlinkSync(folder, join(folder, 'circle'));
  const { objects } = await read(object('stdin'), [join(folder, 'b.yml'), '-', folder]);
  t.strictSame(names(objects), ['b', 'stdin', 'z', 'a1', 'a2', 'b', 'c', 'b']);
});

test('Lists and lists are read as their items, each with its own place', async (t) => {
  const list = `
# a comment
apiVersion: v1
kind: MCPRegistryList
items:
  - apiVersion: v1
    kind: Secret
    metadata: {name: a}
  - kind: 1
  - apiVersion: v1
    kind: Secret
    metadata:
      name: b
      namespace: own
---
[{"apiVersion":"v1","kind":"Secret"}]
---
just: a document
---
`;
  const { objects, others } = await read(list);
  t.strictSame(
    objects.map((each) => [each.name, each.namespace, place(each)]),
    [
      ['a', 'default', '1:6:5'],
      ['b', 'own', '1:10:5'],
      ['', 'default', '2:16:2'],
    ],
  );
  t.equal(others, 2, 'the second item, and the third document');
});

const registry = `apiVersion: v1
kind: Secret
metadata:
  name: a
  annotations:
    example.com/a.b: x
    example.com/a: {c: 1}
data:
  - name: one
    list: [1, {deep: 2}]
  - "8080": x
`;

const places: readonly { readonly field: string; readonly at: string; readonly reason: string }[] = [
  { field: '', at: '1:1:1', reason: 'the object itself' },
  { field: 'metadata.name', at: '1:4:3', reason: 'the key of a field' },
  { field: 'metadata.annotations.example.com/a.b', at: '1:6:5', reason: 'a key with dots' },
  { field: 'metadata.annotations.example.com/a.c', at: '1:7:21', reason: 'a field below a key with dots' },
  { field: 'data[0]', at: '1:9:5', reason: 'the item of a list' },
  { field: 'data[0].list[1].deep', at: '1:10:16', reason: 'a field in a list of a list' },
  { field: 'data[1][8080]', at: '1:11:5', reason: 'a key of digits, which is written as an index' },
  { field: 'data[0].missing.deep', at: '1:9:5', reason: 'a field that is not there: what is around it' },
  { field: 'data[7].name', at: '1:8:1', reason: 'an item that is not there: its list' },
  { field: 'spec', at: '1:1:1', reason: 'nothing of the field is there: the object' },
];

for (const { field, at, reason } of places) {
  test(`places: ${reason}`, async (t) => {
    const [object] = (await read(registry)).objects;
    t.equal(object && place(object, field), at);
  });
}

test('places count from the beginning of the file, in documents of YAML and JSON', async (t) => {
  const json = '{\n  "apiVersion": "v1",\n  "kind": "Secret",\n  "metadata": {"name": "j"}\n}\n';
  const { objects } = await read(`${registry}---\n${json}---\n\n${registry}`);
  t.strictSame(
    objects.map((each) => place(each, 'metadata.name')),
    ['1:4:3', '2:16:16', '3:23:3'],
  );
});

test('in a large document of JSON, everything is where the document begins', async (t) => {
  const items = Array.from({ length: 2 }, (_, index) => ({
    ...{
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `s${index}` },
      data: { a: 'x'.repeat(600_000) },
    },
  }));
  const { objects } = await read(`a: 1\n---\n${JSON.stringify({ kind: 'List', items }, null, 1)}`);
  t.strictSame(
    objects.map((each) => place(each, 'metadata.name')),
    ['2:3:1', '2:3:1'],
  );
});

test('YAML is read as kubectl reads it', async (t) => {
  const { objects } = await read(
    'apiVersion: v1\nkind: Secret\na: yes\nb: 0644\nc: 2026-11-28\nd: 12:30\ne: &x {f: 1}\ng: {<<: *x, h: 2}\ni: "yes"\nj:\n',
  );
  t.strictSame(objects[0]?.object, {
    ...{ apiVersion: 'v1', kind: 'Secret', a: true, b: 420, c: '2026-11-28', d: '12:30' },
    ...{ e: { f: 1 }, g: { f: 1, h: 2 }, i: 'yes', j: null },
  });
});

const aliases = Array.from({ length: 12 }, (_, level) => {
  const items = Array(9).fill(level === 0 ? '"x"' : `*a${level - 1}`);
  return `a${level}: &a${level} [${items.join()}]`;
});

const refusals: readonly {
  readonly reason: string;
  readonly stdin: string | Buffer;
  readonly message: string;
}[] = [
  {
    reason: 'no YAML',
    stdin: 'a: 1\n---\na: 1\nb: [\n',
    message:
      "standard input:5:1: it can't be read as YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
  },
  {
    reason: 'a key that occurs twice',
    stdin: 'a: 1\n---\na: 1\na: 2\n',
    message: "standard input:4:1: it can't be read as YAML: the key a occurs twice: remove one",
  },
  {
    reason: 'JSON that is cut short',
    stdin: '{"a":\n',
    message: "standard input:1:6: it can't be read as YAML: Flow map must end with a }",
  },
  {
    reason: 'aliases of aliases',
    stdin: aliases.join('\n'),
    message:
      "standard input:1:1: it can't be read as YAML: its aliases stand for too many values: write the values out",
  },
  {
    reason: 'deep nesting of YAML',
    stdin: 'a: '.concat('['.repeat(300)),
    message: "standard input:1:203: it can't be read as YAML: it is nested too deeply: flatten it",
  },
  {
    reason: 'deep nesting of JSON',
    stdin: `${'['.repeat(9999)}${']'.repeat(9999)}`,
    message:
      'standard input:1: the document has more levels than any object of Kubernetes: give less at a time',
  },
  {
    reason: 'bytes that are no UTF-8',
    stdin: Buffer.from([0x61, 0xff]),
    message: 'standard input: it is not valid UTF-8: save it as UTF-8',
  },
];

for (const { reason, stdin, message } of refusals) {
  test(`refused: ${reason}`, async (t) => {
    await t.rejects(read(stdin), new CliError(message));
  });
}

test('refused: a document of YAML with too many parts', async (t) => {
  const part = { text: 'a: [1, 2, 3]\n', line: 7 };
  t.strictSame(new InputDocument('a.yaml', 1, part, { parts: 100 }).read(), { a: [1, 2, 3] });
  t.throws(
    () => new InputDocument('a.yaml', 1, part, { parts: 5 }).read(),
    new CliError("a.yaml:7:5: it can't be read as YAML: it is too large: split it, or write it as JSON"),
  );
});

test('what can not be read is refused by its path', async (t) => {
  const folder = t.testdir({ 'a.yaml': 'a: 1\n' });
  const missing = join(folder, 'missing.yaml');
  await t.rejects(read('', [missing]), new CliError(`${missing}: it does not exist: check the path`));
  const url = 'https://example.com/a.yaml';
  await t.rejects(
    read('', [url]),
    new CliError(`${url}: URLs are not read: use curl -fsSL <URL> | mcpregistry-hook <command> -f -`),
  );
  await t.rejects(
    read('', ['-', '-']),
    new CliError('- is standard input, which can be read once only: give a file for the other'),
  );
  const circle = join(folder, 'circle.yaml');
  symlinkSync(circle, circle);
  await t.rejects(read('', [folder]), new CliError(`${circle}: its symbolic links lead in a circle`));
});

test('the input is bounded in all, and not one file at a time', async (t) => {
  const folder = t.testdir({ 'a.yaml': 'a: 1\n', 'b.yaml': 'b: 1\n' });
  t.equal((await read('', [folder], new InputBudget(10))).others, 2);
  const b = join(folder, 'b.yaml');
  await t.rejects(
    read('', [folder], new InputBudget(9)),
    new CliError(`${b}: the input is larger than 64 MiB: give the files in several calls`),
  );
});
