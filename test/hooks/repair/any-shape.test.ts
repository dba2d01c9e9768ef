import fc from 'fast-check';
import { test } from 'tap';
import { buildDesired } from '../../../hooks/desired.ts';
import { identityOf } from '../../../hooks/identity.ts';
import { type Observed, observe, observedOf } from '../../../hooks/observed/observed.ts';
import { repairChildren } from '../../../hooks/repair/repair.ts';
import { isServing, routesToPods } from '../../../hooks/status/serving.ts';
import { mutated } from '../../support/mutated.ts';
import { context, recorded, withOurChildren } from '../../support/requests.ts';

/** `PROPERTY_RUNS` inputs instead of these, and `PROPERTY_SEED` to see some again. */
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 2000);
const seed = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 2 ** 31);

const ready = withOurChildren(recorded('create', 5));
const identity = identityOf(ready.parent);
const { children } = buildDesired(identity, ready.parent.spec, context.defaults);
if (!children) throw new Error('the recorded spec is refused');
const observed = observe(ready.children, identity);

/** Values that a library that reads them by habit stumbles over. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, 0, '', [], {}, [null], [[]], ['a'], [1], { toString: 1 }, [
    { name: { toString: 1 } },
  ]),
  fc.jsonValue({ maxDepth: 3 }),
);

/** The fields of the children that are read; their metadata is not, beside what it says of how they were applied. */
const fields: readonly (readonly [keyof Observed, readonly string[]])[] = [
  ['configMap', ['data', 'binaryData', 'immutable']],
  ['roleBinding', ['roleRef']],
  [
    'deployment',
    [
      'spec',
      'spec.template',
      'spec.template.spec',
      'spec.template.spec.containers',
      'spec.template.spec.containers.0',
      'spec.template.spec.containers.0.ports',
      'spec.template.spec.containers.0.ports.0',
      'spec.template.spec.containers.0.ports.0.name',
      'spec.template.spec.containers.0.env',
      'spec.template.spec.volumes',
      'spec.template.spec.volumes.0',
    ],
  ],
  [
    'service',
    ['spec', 'spec.ports', 'spec.ports.0', 'spec.ports.0.port', 'spec.ports.0.name', 'spec.selector'],
  ],
];

function withField(value: unknown, path: readonly string[], replacement: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  const inner = withField((value as Record<string, unknown>)[key], rest, replacement);
  return Array.isArray(value)
    ? value.map((item, index) => (index === Number(key) ? inner : item))
    : { ...(value as object), [key]: inner };
}

const inPlace = fc.oneof(
  ...fields.flatMap(([child, paths]) =>
    paths.map((path) =>
      odd.map((value) => ({ ...observed, [child]: withField(observed[child], path.split('.'), value) })),
    ),
  ),
);
/** Anything gone wrong anywhere in the specs. */
const anywhere = fc.oneof(
  ...(['deployment', 'service'] as const).map((child) =>
    mutated(fc.constant({ spec: observed[child]?.['spec'] })).map((body) => ({
      ...observed,
      [child]: { ...observed[child], ...(body as object) },
    })),
  ),
);

test('children of any shape are survived', async (t) => {
  t.comment(`PROPERTY_RUNS=${numRuns} PROPERTY_SEED=${seed}`);
  const property = fc.property(fc.oneof(inPlace, anywhere), (there) => {
    const found = there as Observed;
    const healed = repairChildren(children.all, (child) => observedOf(found, child.kind));
    JSON.stringify(healed);
    isServing(found, children);
    routesToPods(found, children);
    // What is answered for a child is ours, or leaves it out: a message names what somebody else set.
    if (healed.repairs.some(({ why }) => typeof why !== 'string' || why.length > 2000))
      throw new Error('why');
  });
  fc.assert(property, { numRuns, seed });
  t.pass(`holds for ${numRuns} shapes`);
});
