import { test } from 'tap';
import type { DesiredChildren } from '../../../hooks/children/build-children.ts';
import { sizeProblems } from '../../../hooks/children/size-problems.ts';
import type { Child } from '../../../hooks/contract/answer.ts';

/** What the annotations of an object may hold, less what is kept free (size-problems.ts). */
const room = 262_144 - 1024;

const childWith = (text: string, annotation: string): Child => ({
  apiVersion: 'v1',
  data: { text },
  kind: 'ConfigMap',
  metadata: { annotations: { a: annotation }, name: 'c', namespace: 'n' },
});

function problemsOf(child: Child) {
  const all = [child];
  return sizeProblems({ all, text: JSON.stringify(all) } as unknown as DesiredChildren, {
    ConfigMap: 'spec.configYAML',
  });
}

test('a child may take as much as its annotations may, and no byte more', async (t) => {
  // An empty child has its JSON text, and the key of its annotation once more.
  const rest = room - JSON.stringify(childWith('', '')).length - 1;
  const cases = [
    {
      reason: 'a long text',
      largest: childWith('x'.repeat(rest), ''),
      larger: childWith('x'.repeat(rest + 1), ''),
    },
    {
      reason: 'one of characters of three bytes',
      largest: childWith('€'.repeat(Math.floor(rest / 3)), 'x'.repeat((rest % 3) / 2)),
      larger: childWith('€'.repeat(Math.floor(rest / 3) + 1), ''),
    },
    {
      reason: 'a long annotation, which is in the copy as well',
      largest: childWith('', 'x'.repeat(Math.floor(rest / 2))),
      larger: childWith('', 'x'.repeat(Math.floor(rest / 2) + 1)),
    },
  ];
  for (const { reason, largest, larger } of cases) {
    t.strictSame(problemsOf(largest), [], reason);
    t.match(
      problemsOf(larger),
      [{ field: 'spec.configYAML', message: /^is too big: the ConfigMap c takes 26214\d/ }],
      reason,
    );
  }
});
