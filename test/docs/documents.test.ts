import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'tap';
import { WarningReason } from '../../hooks/registry/warning.ts';
import { Settings } from '../../src/settings/settings.ts';
import {
  anchorOf,
  codeSpansOf,
  documentOf,
  documents,
  headingsOf,
  type RepositoryDocument,
  root,
  sectionOf,
  textOf,
} from '../support/documents.ts';

const folders = ['hooks', 'src', 'scripts', 'test', 'manifests', 'docs', '.ci', '.github'];

const withoutCode = ({ prose }: RepositoryDocument) => prose.replaceAll(/`[^`\n]+`/g, '');

test('the README is short', (t) => {
  t.ok(textOf('README.md').split('\n').length <= 201, '200 lines at most');
  t.end();
});

test('every link of a document leads to a file, and to a section of it', (t) => {
  for (const document of documents) {
    const links = [...withoutCode(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    for (const target of links.filter((each) => !/^https?:/.test(each))) {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? document.path : join(dirname(document.path), path);
      const says = `${document.path} links to ${target}`;
      if (!existsSync(join(root, file))) t.fail(says);
      else if (anchor === undefined) t.pass(says);
      else t.ok(headingsOf(documentOf(file)).map(anchorOf).includes(anchor), says);
    }
  }
  t.end();
});

test('every path that a document names exists', (t) => {
  for (const document of documents) {
    const paths = codeSpansOf(document)
      .filter((code) => folders.some((folder) => code.startsWith(`${folder}/`)))
      // What follows a file, such as an argument, and what stands for several names.
      .map((code) => code.replace(/[ :].*$/, '').replace(/[^/]*[*<{].*$/, ''));
    for (const path of paths) t.ok(existsSync(join(root, path)), `${document.path} names ${path}`);
  }
  t.end();
});

test('every npm script that a document names exists', (t) => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  for (const { path, text } of documents) {
    for (const [, name = ''] of text.matchAll(/npm run ([\w:]+)/g)) {
      t.ok(name in scripts, `${path} names npm run ${name}`);
    }
  }
  t.end();
});

test('every setting that a document names exists', (t) => {
  const prefixes = [...new Set(Object.keys(Settings.properties).map((name) => name.split('_')[0]))];
  const setting = new RegExp(`^(${prefixes.join('|')})_[A-Z_]+$`);
  for (const document of documents) {
    for (const name of codeSpansOf(document).filter((code) => setting.test(code))) {
      t.ok(name in Settings.properties, `${document.path} names ${name}`);
    }
  }
  t.end();
});

test('every reference of the code to a document leads to a section of it', (t) => {
  let references = 0;
  for (const folder of ['hooks', 'src', 'scripts', 'test']) {
    for (const file of filesBelow(folder).filter((each) => each.endsWith('.ts'))) {
      // A reference may go on in the next line of a comment.
      const text = readFileSync(join(root, file), 'utf8').replaceAll(/\n\s*(\*|\/\/) /g, ' ');
      t.notMatch(text, /\(design[:,] "/, `${file} names the document`);
      for (const [, document = '', title = ''] of text.matchAll(/\((docs\/[\w-]+\.md), "([^"]+)"\)/g)) {
        references += 1;
        t.ok(headingsOf(documentOf(document)).includes(title), `${file}: ${document}, ${title}`);
      }
    }
  }
  t.ok(references >= 8, 'references are found');
  t.end();
});

test('every kind of warning is listed, in the order of the code', (t) => {
  const section = sectionOf(documentOf('docs/reference.md'), 'Warnings');
  const listed = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, kind]) => kind);
  t.strictSame(listed, [...WarningReason]);
  t.end();
});

test('every dependency of production is listed with its purpose', (t) => {
  const { dependencies } = JSON.parse(textOf('package.json')) as { dependencies: Record<string, string> };
  const section = sectionOf(documentOf('CONTRIBUTING.md'), 'Dependencies');
  const listed = [...section.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, names]) => names?.split(', ') ?? []);
  t.strictSame(
    listed.filter((name) => name !== 'package' && name !== '---').sort(),
    Object.keys(dependencies).sort(),
  );
  t.end();
});

/** Every file below a folder, fixtures and golden files aside. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return [path];
    return ['fixtures', 'golden'].includes(entry.name) ? [] : filesBelow(path);
  });
}
