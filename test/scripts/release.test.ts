import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { parse } from 'yaml';
import { openAPIV3Schema } from '../../scripts/crd/crd.ts';
import { notesOf, schemas, valuesWithDigest, withDigest } from '../../scripts/release/release.ts';
import { version } from '../../src/version.ts';

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const image = `ghcr.io/mcpregistry-hook/mcpregistry-hook:v${version}`;

test('the notes of a release are its section of the changelog', (t) => {
  const changelog =
    '# Changelog\n\n## Unreleased\n\n## [1.2.0] - 2026-01-02\n\n### Added\n\n- A.\n\n## 1.1.0\n\n- B.\n\n## 1.0.0\n';
  for (const { reason, of, notes } of [
    { reason: 'with a link and a date', of: '1.2.0', notes: '### Added\n\n- A.\n' },
    { reason: 'with neither', of: '1.1.0', notes: '- B.\n' },
  ]) {
    t.equal(notesOf(changelog, of), notes, reason);
  }
  for (const { reason, of } of [
    { reason: 'nobody wrote it', of: '1.3.0' },
    { reason: 'it is empty', of: '1.0.0' },
    { reason: 'a part of a version is none', of: '1.2' },
  ]) {
    t.throws(
      () => notesOf(changelog, of),
      { message: `CHANGELOG.md has no section "## ${of}": give "## Unreleased" the version and the date` },
      reason,
    );
  }
  t.end();
});

test('manifests name the image by its digest as well, and are otherwise as they were', (t) => {
  const before = textOf('manifests/base/deployment.yaml');
  t.equal(
    withDigest(before, version, digest),
    before.replace(`image: ${image}\n`, `image: ${image}@${digest}\n`),
  );
  t.not(withDigest(before, version, digest), before);
  t.throws(() => withDigest(before, '9.9.9', digest), {
    message: /^no container has the image .*:v9\.9\.9$/,
  });
  t.throws(() => withDigest(before, version, 'sha256:1'), { message: /^sha256:1 is not a digest/ });
  t.end();
});

test('the chart of a release installs the image of its digest', (t) => {
  const before = textOf('charts/mcpregistry-hook/values.yaml');
  const after = parse(valuesWithDigest(before, digest));
  const expected = parse(before);
  expected.image.digest = digest;
  t.strictSame(after, expected);
  t.throws(() => valuesWithDigest(valuesWithDigest(before, digest), digest), {
    message: 'values.yaml has no empty image.digest',
  });
  t.throws(() => valuesWithDigest('other:\n  digest: ""\n', digest), {
    message: 'values.yaml has no empty image.digest',
  });
  t.throws(() => valuesWithDigest(before, 'v1'), { message: /^v1 is not a digest/ });
  t.end();
});

test('the schemas of a release are those of the definition, with their descriptions', (t) => {
  const files = schemas();
  t.strictSame([...files.keys()], ['mcpregistry_v1alpha1.json', 'mcpregistry_v1beta1.json']);
  for (const text of files.values()) {
    const { $schema, ...schema } = JSON.parse(text);
    t.equal($schema, 'http://json-schema.org/draft-07/schema#');
    t.strictSame(schema, JSON.parse(JSON.stringify(openAPIV3Schema)));
  }
  t.end();
});
