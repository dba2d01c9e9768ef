import { test } from 'tap';
import type { JsonObject } from '../../../hooks/json.ts';
import { mergePodTemplate } from '../../../hooks/pod/pod-merge.ts';
import { mergeObjects, PatchError } from '../../../hooks/pod/strategic-merge.ts';
import { mergeCases } from '../../fixtures/merge-cases.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

for (const { reason, original, patch, expected } of deepFreeze(mergeCases)) {
  test(reason, async (t) => {
    t.strictSame(mergePodTemplate(original, patch), expected);
  });
}

const container = (fields: JsonObject): JsonObject => ({ spec: { containers: [{ name: 'a', ...fields }] } });

/** Where Kubernetes drops or refuses what a user can only have meant in one way. */
const beyond = [
  {
    reason: '$patch: replace where nothing was sets what is given',
    original: { spec: {} },
    patch: { spec: { nodeSelector: { $patch: 'replace', a: '1' } } },
    expected: { spec: { nodeSelector: { a: '1' } } },
  },
  {
    reason: '$patch: merge says what is done anyway, in a map and in an item',
    original: container({ image: '1', args: ['x'] }),
    patch: { spec: { $patch: 'merge', containers: [{ name: 'a', $patch: 'merge', image: '2' }] } },
    expected: container({ image: '2', args: ['x'] }),
  },
  {
    reason: 'directives and nulls inside of what is new mean what they say',
    original: container({}),
    patch: {
      spec: {
        containers: [
          { name: 'b', env: [{ name: 'A', $patch: 'delete' }], resources: { limits: { cpu: null } } },
        ],
      },
    },
    expected: { spec: { containers: [{ name: 'b', env: [], resources: { limits: {} } }, { name: 'a' }] } },
  },
  {
    reason: '$setElementOrder is passed over: only kubectl writes it',
    original: container({ env: [{ name: 'A', value: '1' }] }),
    patch: container({
      '$setElementOrder/env': [{ name: 'B' }, { name: 'A' }],
      env: [{ name: 'B', value: '1' }],
    }),
    expected: container({
      env: [
        { name: 'B', value: '1' },
        { name: 'A', value: '1' },
      ],
    }),
  },
  {
    reason: 'two protocols of one port are two ports',
    original: container({ ports: [{ name: 'http', containerPort: 1, protocol: 'TCP' }] }),
    patch: container({ ports: [{ name: 'udp', containerPort: 1, protocol: 'UDP' }] }),
    expected: container({
      ports: [
        { name: 'udp', containerPort: 1, protocol: 'UDP' },
        { name: 'http', containerPort: 1, protocol: 'TCP' },
      ],
    }),
  },
  {
    reason: 'a port is also told by its name: two of one name would be refused',
    original: container({ ports: [{ name: 'http', containerPort: 1, protocol: 'TCP' }] }),
    patch: container({ ports: [{ name: 'http', containerPort: 2 }] }),
    expected: container({ ports: [{ name: 'http', containerPort: 2, protocol: 'TCP' }] }),
  },
];

for (const { reason, original, patch, expected } of deepFreeze(beyond)) {
  test(reason, async (t) => {
    t.strictSame(mergePodTemplate(original, patch), expected);
  });
}

const refusals: readonly { reason: string; patch: JsonObject; pointer: string; message: string }[] = [
  {
    reason: 'an item without its key',
    patch: { spec: { containers: [{ name: 'a' }, { image: '1' }] } },
    pointer: '/spec/containers/1/name',
    message: 'is required: it tells which item is meant',
  },
  {
    reason: 'an item that is no object',
    patch: container({ env: ['A=1'] }),
    pointer: '/spec/containers/0/env/0',
    message: 'must be an object',
  },
  {
    reason: 'a $patch of another word',
    patch: { spec: { $patch: 'remove' } },
    pointer: '/spec/$patch',
    message: 'must be one of merge, replace, delete',
  },
  {
    reason: 'a $patch of another word in an item',
    patch: container({ $patch: 'remove' }),
    pointer: '/spec/containers/0/$patch',
    message: 'must be one of merge, replace, delete',
  },
  {
    reason: 'a directive that is none',
    patch: { metadata: { $delete: ['labels'] } },
    pointer: '/metadata/$delete',
    message: 'is no directive of a strategic merge patch',
  },
  {
    reason: '$retainKeys that is no list',
    patch: { spec: { $retainKeys: 'volumes' } },
    pointer: '/spec/$retainKeys',
    message: 'must be a list of field names',
  },
  {
    reason: 'a field beside $retainKeys that is not in it',
    patch: { spec: { volumes: [{ name: 'v', $retainKeys: ['name'], emptyDir: {} }] } },
    pointer: '/spec/volumes/0/emptyDir',
    message: 'is set, but not listed in $retainKeys',
  },
  {
    reason: '$deleteFromPrimitiveList that is no list',
    patch: { metadata: { '$deleteFromPrimitiveList/finalizers': 'a' } },
    pointer: '/metadata/$deleteFromPrimitiveList/finalizers',
    message: 'must be a list of values',
  },
];

for (const { reason, patch, pointer, message } of refusals) {
  test(`${reason}: refused with its place`, async (t) => {
    t.throws(() => mergePodTemplate(container({}), deepFreeze(patch)), {
      name: 'PatchError',
      pointer,
      message,
    });
  });
}

test('an error tells its place from where the patch begins', async (t) => {
  const patch = () => mergeObjects({}, { a: { $x: 1 } }, {}, '/podTemplateSpec');
  const expected = new PatchError('/podTemplateSpec/a/$x', 'is no directive of a strategic merge patch');
  t.throws(patch, expected);
});
