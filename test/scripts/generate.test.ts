import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';

const script = fileURLToPath(new URL('../../scripts/generate.ts', import.meta.url));
const generate = (...args: string[]) =>
  spawnSync(process.execPath, ['--import=tsx', script, ...args], { encoding: 'utf8' });

test('the committed files are what their schemas say', (t) => {
  for (const args of [['--check'], ['--', '--check']]) {
    const { status, stderr } = generate(...args);
    t.equal(stderr, '');
    t.equal(status, 0);
  }
  t.end();
});

test('a file that drifted is named, left alone by --check and corrected without it', (t) => {
  const root = t.testdir();
  const file = join(root, 'manifests', 'base', 'crd.yaml');
  mkdirSync(join(root, 'manifests', 'base'), { recursive: true });
  t.match(
    generate('--check', root),
    {
      status: 1,
      stderr:
        /^manifests\/base\/crd\.yaml .*\n(manifests\/(components\/[a-z-]+|overlays\/optional-children)\/kustomization\.yaml .*\n){3,}(manifests\/monitoring\/[a-z-]+\.(json|yaml) .*\n){3}docs\/flow\.svg .*\ndocs\/install\.md .*\ndocs\/metrics\.md .*\ndocs\/operations\.md .*\ndocs\/reference\.md .*\ndocs\/settings\.md .*\nhooks\/pod\/pod-fields\.ts .*\nmanifests\/components\/crd-guard\/policies\.yaml .*\ncharts\/mcpregistry-hook\/Chart\.yaml .*\n(charts\/mcpregistry-hook\/files\/[a-z-]+\.yaml .*\n){10,}charts\/mcpregistry-hook\/values\.schema\.json .*\ncharts\/mcpregistry-hook\/values\.yaml .*\n$/,
    },
    'files that are missing',
  );

  writeFileSync(file, 'kind: Other\n');
  t.match(
    generate('--check', root),
    { status: 1, stderr: /^manifests\/base\/crd\.yaml / },
    'another content',
  );
  t.equal(readFileSync(file, 'utf8'), 'kind: Other\n');

  t.match(generate(root), { status: 0, stderr: '' });
  t.match(generate('--check', root), { status: 0, stderr: '' });
  t.end();
});
