import { test } from 'tap';
import { freeze } from '../../../hooks/applied/freeze.ts';
import type { KubernetesObject } from '../../../hooks/contract/kubernetes.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const named = { name: 'a', namespace: 'b' };
const identity = { apiVersion: 'v1', kind: 'ConfigMap', metadata: named };
const note = (text: string) => ({ 'metacontroller.k8s.io/last-applied-configuration': text });

const observed = (metadata: object, content: object = { data: { ours: '1', theirs: '2' } }) => ({
  ...identity,
  ...content,
  metadata: { ...named, uid: 'u', labels: { ours: 'x', theirs: 'y' }, ...metadata },
});
const annotated = (text: string, content?: object) => observed({ annotations: note(text) }, content);
const applies = (fields: unknown, entry: object = {}) => ({
  manager: 'metacontroller',
  operation: 'Apply',
  fieldsV1: fields,
  ...entry,
});
const labels = { 'f:labels': { 'f:controller-uid': {}, 'f:ours': {} } };
const data = { 'f:data': { 'f:ours': {} }, 'f:metadata': labels };
const owned = (...managedFields: unknown[]) => observed({ managedFields });

const applied = '{"data":{"ours":"0"},"metadata":{"name":"a","namespace":"b","labels":{"ours":"w"}}}';
const ours = { ...identity, data: { ours: '1' }, metadata: { ...named, labels: { ours: 'x' } } };
const role = (rules: unknown) => ({
  ...identity,
  kind: 'Role',
  rules,
  metadata: {
    ...named,
    annotations: note('{"rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}]}'),
  },
});

interface Case {
  readonly child: object;
  readonly frozen: object;
  readonly reason: string;
}

const cases: readonly Case[] = [
  {
    child: observed({
      annotations: note('{"kind":"ConfigMap","metadata":{"name":"other"}}'),
      managedFields: [applies({ 'f:data': { 'f:ours': {} } })],
    }),
    frozen: { ...identity, data: { ours: '1' } },
    reason: 'an annotation of another object does not hide what was applied by a manager without the label',
  },
  { child: annotated(applied), frozen: ours, reason: 'observed values at the paths of the annotation' },
  { child: owned(applies(data)), frozen: ours, reason: 'observed values of the fields owned by Apply' },
  {
    child: owned(applies(data, { manager: 'mc2' })),
    frozen: ours,
    reason: "Metacontroller's manager is known by the label, whatever its name",
  },
  {
    child: owned(
      applies({ 'f:metadata': labels }, { manager: 'mc2' }),
      applies({ 'f:data': { 'f:theirs': {} } }, { manager: 'kubectl' }),
    ),
    frozen: { ...identity, metadata: { ...named, labels: { ours: 'x' } } },
    reason: 'what somebody else applied is left to them',
  },
  {
    child: owned(applies({ 'f:metadata': labels }), applies(data, { manager: 'mc2' })),
    frozen: ours,
    reason: 'after a change of its name two managers own the label, and what either owns counts',
  },
  {
    child: owned(applies({ 'f:data': { 'f:ours': {} } }, { manager: 'mc2' })),
    frozen: { ...identity, data: { ours: '1' } },
    reason: 'where nobody owns the label, each who applied may be Metacontroller',
  },
  {
    child: observed({
      annotations: note('{"metadata":{"labels":{"ours":""}}}'),
      managedFields: [applies(data)],
    }),
    frozen: { ...ours, metadata: { ...ours.metadata } },
    reason: 'the strategy in force is not known, so the paths of both count',
  },
  {
    child: observed({
      annotations: note('{"kind":"ConfigMap","data":{"ours":""},"metadata":{"name":"a"}}'),
      managedFields: [applies({ 'f:data': { 'f:theirs': {} } }, { manager: 'kubectl' })],
    }),
    frozen: { ...identity, data: { ours: '1' } },
    reason: 'an annotation is enough to leave what others applied to them',
  },
  { child: annotated('{"data":{"ours'), frozen: identity, reason: 'an annotation cut short says nothing' },
  { child: annotated('[1]'), frozen: identity, reason: 'an annotation that is no object says nothing' },
  { child: annotated('null'), frozen: identity, reason: 'an annotation of null says nothing' },
  {
    child: annotated(
      '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"other"},"spec":{"replicas":0}}',
    ),
    frozen: identity,
    reason: 'of the annotation of another object nothing is there',
  },
  {
    child: annotated('{"metadata":7,"data":7}'),
    frozen: {
      ...identity,
      data: { ours: '1', theirs: '2' },
      metadata: { ...named, annotations: {}, labels: { ours: 'x', theirs: 'y' } },
    },
    reason: 'an annotation of other types may name any part of a value',
  },
  {
    child: annotated('{"metadata":{"uid":"v","managedFields":[],"resourceVersion":"1"},"status":{}}', {
      status: { x: 1 },
    }),
    frozen: identity,
    reason: 'neither status nor what the API server keeps is ever answered',
  },
  {
    child: observed({
      annotations: note('{"metadata":{"ownerReferences":[{"uid":"p"}]}}'),
      ownerReferences: [{ uid: 'p' }],
    }),
    frozen: { ...identity, metadata: { ...named, ownerReferences: [{ uid: 'p' }] } },
    reason: 'owners that the annotation names would be removed if they were left out',
  },
  {
    child: observed({
      managedFields: [applies({ 'f:metadata': { 'f:ownerReferences': { 'k:{"uid":"p"}': {} }, ...labels } })],
      ownerReferences: [{ uid: 'p' }],
    }),
    frozen: { ...identity, metadata: { ...named, labels: { ours: 'x' } } },
    reason: 'Metacontroller adds its owner reference by itself',
  },
  {
    child: annotated(
      `{"metadata":{"annotations":{"metacontroller.k8s.io/last-applied-configuration":"{}"}}}`,
    ),
    frozen: { ...identity, metadata: { ...named, annotations: {} } },
    reason: 'the annotation itself is never answered',
  },
  { child: role(null), frozen: { ...identity, kind: 'Role' }, reason: 'no right that is not there' },
  {
    child: role([]),
    frozen: { ...identity, kind: 'Role', rules: [] },
    reason: 'no right that was removed',
  },
  {
    child: owned(applies(data, { operation: 'Update' })),
    frozen: identity,
    reason: 'an Update says nothing of what was applied',
  },
  {
    child: owned(applies(data, { subresource: 'status' })),
    frozen: identity,
    reason: 'a subresource is not what is applied',
  },
  { child: observed({}), frozen: identity, reason: 'a child that was never applied has its identity alone' },
  {
    child: owned(null, 7, 'x', [], {}, { operation: 'Apply' }, applies(7)),
    frozen: identity,
    reason: 'entries of any type are survived',
  },
  { child: observed({ managedFields: 'x' }), frozen: identity, reason: 'managed fields of another type' },
  { child: observed({ annotations: 7 }), frozen: identity, reason: 'annotations of another type' },
];

for (const { child, frozen, reason } of cases) {
  test(reason, async (t) => {
    t.strictSame(freeze(deepFreeze(structuredClone(child)) as KubernetesObject), frozen);
  });
}
