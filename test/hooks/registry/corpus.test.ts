import { test } from 'tap';
import { stringify } from 'yaml';
import type { Problem } from '../../../hooks/problem.ts';
import { crd } from '../../../scripts/crd/crd.ts';
import { violations } from '../../../scripts/crd/violations.ts';
import { corpus, type Form, type JudgedExample } from '../../support/corpus.ts';
import { matchesGolden } from '../../support/golden.ts';
import { outputOf } from '../../support/golden-cases.ts';

/** The examples that are refused, each for one of these reasons. */
const refusals: readonly {
  readonly reason: string;
  readonly is: (example: JudgedExample) => boolean;
  readonly problems: readonly Problem[];
}[] = [
  {
    reason: 'the CRD of its own release (v0.6.6) requires the key too, so it could never be applied',
    is: ({ name, first, form }) => name === 'production-registry' && first === 'v0.6.6' && form === 'source',
    problems: [
      {
        field: 'spec.source.configMapRef.key',
        message: 'is required: set it to a key of its data (letters, digits, "-", "_" and ".")',
      },
    ],
  },
];

const accepted = corpus.filter(({ desired }) => desired.children);

test('the examples are there, in every form that there has been', async (t) => {
  const count = (examples: readonly JudgedExample[]) => {
    const forms: Record<Form, number> = { source: 0, inline: 0, sources: 0, configYAML: 0 };
    for (const { form } of examples) forms[form] += 1;
    return forms;
  };
  t.strictSame(count(corpus), { source: 40, inline: 26, sources: 31, configYAML: 39 });
  t.strictSame(count(accepted), { source: 39, inline: 26, sources: 31, configYAML: 39 });
});

test('an example is accepted, or refused for a reason that is known', async (t) => {
  for (const example of corpus) {
    const reasons = refusals.filter(({ is }) => is(example));
    t.strictSame(example.desired.problems, reasons[0]?.problems, `${example.title}: ${reasons[0]?.reason}`);
    t.ok(reasons.length <= 1, 'for one reason');
  }
  for (const { reason, is } of refusals) t.ok(corpus.some(is), `there is one: ${reason}`);
});

test('the API server accepts what the hook accepts', async (t) => {
  for (const { title, apiVersion, name, spec } of accepted) {
    const version = crd.spec.versions.find((each) => apiVersion === `${crd.spec.group}/${each.name}`);
    const object = { apiVersion, kind: crd.spec.names.kind, metadata: { name }, spec };
    t.strictSame(violations(version?.schema.openAPIV3Schema ?? {}, object, ''), [], title);
  }
});

test('the configuration that an example becomes', async (t) => {
  const written = accepted.map(({ first, path, name, form, spec, desired }) => {
    const { config } = outputOf(desired);
    if (form === 'configYAML') t.equal(config, spec['configYAML'], 'its own is passed on as it is');
    return { first, path, name, form, config };
  });
  matchesGolden(
    t,
    'corpus/toolhive.yaml',
    stringify(
      written.filter(({ form }) => form !== 'configYAML'),
      { lineWidth: 0, aliasDuplicateObjects: false },
    ),
  );
});
