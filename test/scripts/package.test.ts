import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { test } from 'tap';
import { publishedManifest } from '../../scripts/package/published-manifest.ts';
import { thirdPartyLicences } from '../../scripts/package/third-party-licences.ts';
import { root, textOf } from '../support/documents.ts';
import { main } from '../support/process.ts';

/** A folder as `npm pack` finds the checkout after `scripts/package.ts prepare`: the built files, and a part of the others. */
function prepared(folder: string): string {
  const built = join(main, '..');
  const packed = join(folder, 'prepared');
  mkdirSync(join(packed, 'dist/src'), { recursive: true });
  for (const file of readdirSync(built)) copyFileSync(join(built, file), join(packed, 'dist/src', file));
  for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md', 'tsconfig.json']) {
    copyFileSync(join(root, file), join(packed, file));
  }
  writeFileSync(join(packed, 'package.json'), publishedManifest(textOf('package.json')));
  const licences = thirdPartyLicences(root, JSON.parse(textOf('dist/packages.json')));
  writeFileSync(join(packed, 'dist/src/THIRD-PARTY-LICENCES.txt'), licences);
  return packed;
}

const { name, version, bin } = JSON.parse(textOf('package.json'));

test('the package holds what it must, and works where nothing else is', async (t) => {
  const folder = t.testdir();
  const packed = prepared(folder);
  const npm = (where: string, ...args: string[]) =>
    execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund'], {
      cwd: where,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      // The variables that npm sets for a script are about the checkout.
      env: { PATH: process.env['PATH'], HOME: folder },
    });
  const [{ files }] = JSON.parse(npm(packed, 'pack', '--json'));
  const programs = readdirSync(join(packed, 'dist/src')).filter((file) => file.endsWith('.js'));
  t.strictSame(
    files.map(({ path }: { path: string }) => path).sort(),
    [
      ...['LICENSE', 'README.md', 'package.json', 'dist/src/THIRD-PARTY-LICENCES.txt'],
      ...programs.map((file) => `dist/src/${file}`),
    ].sort(),
  );
  for (const [command, file] of Object.entries<string>(bin)) {
    t.match(readFileSync(join(packed, file), 'utf8'), /^#!\/usr\/bin\/env node\n/, command);
  }

  const { messages } = await publint({ pkgDir: packed, pack: false, strict: true });
  t.strictSame(messages, []);

  // Not below the checkout, whose packages npm would find.
  const empty = mkdtempSync(join(tmpdir(), 'package-test-'));
  t.teardown(() => rmSync(empty, { recursive: true }));
  writeFileSync(join(empty, 'registry.yaml'), textOf('test/golden/registry/source-api/registry.yaml'));
  npm(empty, 'install', '--no-save', '--prefix', empty, join(packed, `${name}-${version}.tgz`));
  t.strictSame(
    readdirSync(join(empty, 'node_modules')).filter((each) => !each.startsWith('.')),
    [name],
    'nothing else is installed',
  );
  const run = (...args: string[]) =>
    execFileSync('npx', ['--offline', name, ...args], {
      cwd: empty,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: folder },
    });
  t.match(
    run('validate', '-f', 'registry.yaml'),
    /^registry\.yaml:\d+:\d+: warning: MCPRegistry mcp-system\//,
  );
  t.equal(run('--version'), `${version}\n`);
});

test('the licences are those of all packages that the built files have in them', async (t) => {
  const folders: readonly string[] = JSON.parse(textOf('dist/packages.json'));
  const licences = thirdPartyLicences(root, folders);
  const names = [...licences.matchAll(/^(\S+) \d\S* \(.+\)$/gm)].map(([, each]) => each);
  t.equal(names.length, folders.length);
  for (const each of ['commander', 'fastify', '@sinclair/typebox', 'kubernetes-models', 'yaml']) {
    t.ok(names.includes(each), each);
  }
  t.match(licences, 'Permission is hereby granted');
});

test('npm pack prints nothing but the name of the tarball, which pre-commit reads', async (t) => {
  const value = execFileSync('npm', ['config', 'get', 'foreground-scripts'], { cwd: root, encoding: 'utf8' });
  t.equal(value, 'false\n');
});

test('a package that names no licence is refused', async (t) => {
  const folder = t.testdir({ 'package.json': '{"name":"a","version":"1.0.0"}' });
  t.throws(() => thirdPartyLicences('/', [folder]), /names no licence: find out which one it has$/);
});
