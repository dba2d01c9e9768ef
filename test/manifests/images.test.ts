import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { parse } from 'yaml';
import { images } from '../../scripts/images/images.ts';
import { imageReference } from '../../src/settings/image-reference.ts';
import { Settings } from '../../src/settings/settings.ts';
import { deepFreeze } from '../support/deep-freeze.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const textOf = (path: string) => readFileSync(`${root}${path}`, 'utf8');

/** What somebody applies, and nothing that is only compared with. */
const files = ['manifests', 'charts'].flatMap((folder) =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ya?ml|tpl|txt)$/.test(file) && !file.includes('/testdata/'))
    .map((file) => ({ file: `${folder}/${file}`, text: textOf(`${folder}/${file}`) })),
);

/** The images that a text names, wherever in it; values of templates aside. */
const imagesOf = (text: string) =>
  [...text.matchAll(/^[ -]*"?image"?: *["']?([^\s"'{},]+)["']?,?$/gm)].map(([, image]) => image ?? '');

/** What can't be pulled twice with the same result. */
function faultOf(image: string): string | undefined {
  if (!new RegExp(imageReference).test(image)) return 'it has neither a tag nor a digest';
  const [name = '', digest] = image.split('@');
  if (!/^[^/]+\.[^/]+\//.test(name)) return 'it names no registry';
  if (digest !== undefined) return undefined;
  // A tag that says a release to the last number, which is not moved on.
  return /:v?\d+(\.\d+)+$/.test(name) ? undefined : 'its tag moves on';
}

const named = new Map<string, string>([
  ...files.flatMap(({ file, text }) => imagesOf(text).map((image) => [image, file] as const)),
  ...Object.entries(Settings.properties)
    .filter(([name]) => name.endsWith('_IMAGE'))
    .map(([name, schema]) => [String((schema as { default?: unknown }).default), name] as const),
]);

test('every image that is named is in the list, and none else', (t) => {
  const listed = new Set(images.map(({ image }) => image));
  t.strictSame(
    [...named].filter(([image]) => !listed.has(image)).map(([image, where]) => `${image} of ${where}`),
    [],
    'add it to scripts/images/images.ts, and run `npm run generate`',
  );
  t.strictSame(
    [...listed].filter((image) => !named.has(image)),
    [],
  );
  t.equal(new Set(images.map(({ name }) => name)).size, images.length);
  t.end();
});

test('every image can be pulled again as it was', (t) => {
  t.strictSame(
    images.flatMap(({ image }) => faultOf(image) ?? []),
    [],
  );
  t.end();
});

test('the chart names what it can be the reason to pull', (t) => {
  const text = textOf('charts/mcpregistry-hook/Chart.yaml');
  const { annotations } = parse(text) as { annotations: Record<string, string> };
  const listed = parse(annotations['artifacthub.io/images'] ?? '') as { image: string }[];
  const ofChart = files
    .filter(({ file }) => file.startsWith('charts/') && !file.endsWith('/Chart.yaml'))
    .flatMap(({ text }) => imagesOf(text));
  const missing = ofChart.filter((image) => !listed.some((each) => each.image === image));
  t.ok(ofChart.length > 0);
  t.strictSame(missing, []);
  t.strictSame(
    listed.map(({ image }) => image),
    images.filter(({ chart }) => chart).map(({ image }) => image),
  );
  t.end();
});

test('the image of the hook is made of images that are pinned by their digests', (t) => {
  const stages = new Set(['node']);
  const froms = [...textOf('Dockerfile').matchAll(/^FROM (?:--platform=\S+ )?(\S+)/gm)].map(
    ([, from]) => from ?? '',
  );
  const images = froms.filter((from) => !stages.has(from));
  t.equal(images.length, 2);
  for (const image of images) t.match(image, /^\S+:\S+@sha256:[0-9a-f]{64}$/);
  t.end();
});

test('the cluster of CI has the Metacontroller that the manifests name', (t) => {
  const [, release] = /METACONTROLLER_RELEASE: (\S+)/.exec(textOf('.github/workflows/e2e.yml')) ?? [];
  t.equal(
    images.find(({ name }) => name === 'metacontroller')?.image,
    `ghcr.io/metacontroller/metacontroller:${release}`,
  );
  t.end();
});

for (const { reason, image, fault } of deepFreeze([
  { reason: 'a release', image: 'ghcr.io/a/b:v1.2.3', fault: undefined },
  {
    reason: 'a digest, whatever the tag',
    image: `ghcr.io/a/b:latest@sha256:${'a'.repeat(64)}`,
    fault: undefined,
  },
  { reason: 'no tag is the newest one', image: 'ghcr.io/a/b', fault: 'it has neither a tag nor a digest' },
  { reason: 'the newest one', image: 'ghcr.io/a/b:latest', fault: 'its tag moves on' },
  { reason: 'a word', image: 'gcr.io/a/b:debug-nonroot', fault: 'its tag moves on' },
  { reason: 'a major release', image: 'docker.io/library/postgres:17', fault: 'its tag moves on' },
  { reason: 'the registry is that of the node', image: 'postgres:17.10', fault: 'it names no registry' },
])) {
  test(`an image that is judged: ${reason}`, async (t) => t.equal(faultOf(image), fault));
}

for (const { reason, text, found } of deepFreeze([
  { reason: 'of a container', text: '  - name: a\n    image: a:v1\n', found: ['a:v1'] },
  { reason: 'first in a container', text: '  - image: "a:v1"\n', found: ['a:v1'] },
  { reason: 'of a template of the chart', text: 'image: {{ include "hook.image" . }}\n', found: [] },
  { reason: 'a section with that name', text: 'image:\n  tag: v1\n', found: [] },
])) {
  test(`an image that is looked for: ${reason}`, async (t) => t.strictSame(imagesOf(text), found));
}
