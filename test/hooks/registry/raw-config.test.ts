import { test } from 'tap';
import { readSpec } from '../../support/read-spec.ts';
import { testRefusals } from '../../support/refusals.ts';

testRefusals([
  {
    spec: { configYAML: 'a: 1\na: 2\n' },
    expected: 'spec.configYAML: must be YAML: line 2, column 1: the key a occurs twice: remove one',
    reason: 'a key given twice',
  },
  {
    spec: { configYAML: 'a: 1\nb: *x\n' },
    expected:
      'spec.configYAML: must be YAML: line 2, column 4: the alias *x has no anchor: define &x before it',
    reason: 'an alias of nothing',
  },
  {
    spec: { configYAML: 'a: 1\nb: "\u0000"\n' },
    expected: 'spec.configYAML: must be YAML: line 2, column 5: a control character that YAML does not have',
    reason: 'a control character',
  },
  {
    spec: { configYAML: 'a: [1\nb: 2\n' },
    expected:
      'spec.configYAML: must be YAML: line 2, column 1: Flow sequence in block collection must be sufficiently indented and end with a ]',
    reason: 'no YAML',
  },
  {
    spec: { configYAML: '- a\n' },
    expected: 'spec.configYAML: must be a YAML mapping, such as "sources: […]" with further keys below it',
    reason: 'a list',
  },
]);

test('an unreadable configuration is described in the same words each time', async (t) => {
  const deep = readSpec({ configYAML: `a: ${'['.repeat(2000)}${']'.repeat(2000)}` });
  t.strictSame(deep.problems, [
    {
      field: 'spec.configYAML',
      message: 'must be YAML: line 1, column 203: it is nested too deeply: flatten it',
    },
  ]);
});
