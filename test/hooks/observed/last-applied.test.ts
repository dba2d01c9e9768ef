import { test } from 'tap';
import type { KubernetesObject } from '../../../hooks/contract/kubernetes.ts';
import { lastApplied } from '../../../hooks/observed/last-applied.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const identity = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' } };
const annotated = (text: string): KubernetesObject => ({
  ...identity,
  data: { found: 'by hand' },
  metadata: {
    ...identity.metadata,
    annotations: { 'metacontroller.k8s.io/last-applied-configuration': text },
  },
});
const owned = (entry: object): KubernetesObject => ({
  ...identity,
  data: { ours: '1', theirs: '2' },
  metadata: {
    ...identity.metadata,
    labels: { ours: 'x', theirs: 'y' },
    managedFields: [
      {
        manager: 'metacontroller',
        operation: 'Apply',
        fieldsV1: {
          'f:data': { 'f:ours': {} },
          'f:metadata': { 'f:labels': { 'f:ours': {} }, 'f:ownerReferences': { 'k:{"uid":"u"}': {} } },
        },
        ...entry,
      },
    ],
  },
});
const ours = {
  apiVersion: 'v1',
  data: { ours: '1' },
  kind: 'ConfigMap',
  metadata: { labels: { ours: 'x' }, name: 'a', namespace: 'b' },
};

const cases = [
  {
    observed: annotated('{"data":{"k":"v"},"metadata":{"name":"a","namespace":"b","labels":{"l":"1"}}}'),
    applied: { ...identity, data: { k: 'v' }, metadata: { ...identity.metadata, labels: { l: '1' } } },
    reason: 'the annotation tells what was applied',
  },
  {
    observed: annotated('{"apiVersion":"v2","kind":"Other","metadata":{"name":"other"}}'),
    applied: identity,
    reason: 'a child is answered under the identity that it is observed with',
  },
  { observed: annotated('{'), applied: identity, reason: 'an annotation that is not JSON tells nothing' },
  { observed: annotated('[1]'), applied: identity, reason: 'an annotation that is no object tells nothing' },
  {
    observed: annotated('{"metadata":7}'),
    applied: identity,
    reason: 'metadata of another type tells nothing',
  },
  { observed: owned({}), applied: ours, reason: 'the fields owned by Apply tell what was applied' },
  { observed: owned({ operation: 'Update' }), applied: identity, reason: 'an Update is dynamic apply' },
  { observed: owned({ manager: 'kubectl' }), applied: identity, reason: 'another manager applied it' },
  { observed: owned({ subresource: 'status' }), applied: identity, reason: 'a subresource is no spec' },
  { observed: identity, applied: identity, reason: 'a child that was never applied has its identity' },
];

for (const { observed, applied, reason } of cases) {
  test(reason, async (t) => {
    t.strictSame(lastApplied(deepFreeze(structuredClone(observed))), applied);
  });
}
