import { test } from 'tap';
import { freeze, type JsonObject, type KubeObject } from '../json.ts';
import { type Author, afterUpdate, apply } from './managed-fields.ts';

const time = '2026-11-24T00:00:00Z';
const shapes = { kind: 'Service' };
const ours: Author = { manager: 'metacontroller', operation: 'Apply', apiVersion: 'v1' };
const editor: Author = { manager: 'kubectl-patch', operation: 'Update', apiVersion: 'v1' };

const service = (spec: JsonObject, managedFields: JsonObject[] = []): KubeObject =>
  freeze({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'n', managedFields }, spec });

const port = (number: number, more: JsonObject = {}): JsonObject => ({
  port: number,
  protocol: 'TCP',
  ...more,
});
const fieldsOf = (entries: unknown[]) =>
  Object.fromEntries((entries as JsonObject[]).map((entry) => [`${entry['manager']}`, entry['fieldsV1']]));

/** What manager `metacontroller` applied, as the API server stores it, and then a change by hand. */
function applied(spec: JsonObject): KubeObject {
  const { object, managedFields } = apply(shapes, undefined, service(spec), ours, time);
  return freeze({ ...object, metadata: { ...object.metadata, managedFields } });
}
function edited(live: KubeObject, spec: JsonObject): KubeObject {
  const after = { ...live, spec };
  const managedFields = afterUpdate(shapes, live, after, editor, time);
  return freeze({ ...after, metadata: { ...after.metadata, managedFields } });
}

test('an apply owns its leaves and list items, and no container', async (t) => {
  const live = applied({ type: 'ClusterIP', ports: [port(80)] });
  t.same(fieldsOf(live.metadata['managedFields'] as JsonObject[]), {
    metacontroller: {
      'f:spec': {
        'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {}, 'f:protocol': {} } },
        'f:type': {},
      },
    },
  });
});

test('a field that is applied no more goes, unless another owns it', async (t) => {
  const live = edited(applied({ type: 'ClusterIP', sessionAffinity: 'None' }), {
    type: 'ClusterIP',
    sessionAffinity: 'ClientIP',
  });
  const { object } = apply(shapes, live, service({}), ours, time);
  t.same(object['spec'], { sessionAffinity: 'ClientIP' });
});

test('a forced apply regains a field from the manager that changed it', async (t) => {
  const live = edited(applied({ type: 'ClusterIP' }), { type: 'NodePort' });
  t.same(fieldsOf(live.metadata['managedFields'] as JsonObject[]), {
    'kubectl-patch': { 'f:spec': { 'f:type': {} } },
  });
  const { object, managedFields } = apply(shapes, live, service({ type: 'ClusterIP' }), ours, time);
  t.same(object['spec'], { type: 'ClusterIP' });
  t.same(fieldsOf(managedFields), { metacontroller: { 'f:spec': { 'f:type': {} } } });
});

test('a port changed by hand stays beside the applied one: its number is its key', async (t) => {
  const live = edited(applied({ ports: [port(8080, { name: 'http' })] }), {
    ports: [port(9090, { name: 'http' })],
  });
  const { object } = apply(shapes, live, service({ ports: [port(8080, { name: 'http' })] }), ours, time);
  t.same(object['spec'], { ports: [port(9090, { name: 'http' }), port(8080, { name: 'http' })] });
});

test('an item that is no longer applied stays while another manager owns a part of it', async (t) => {
  const live = edited(applied({ ports: [port(80), port(81)] }), {
    ports: [port(80), port(81, { name: 'more' })],
  });
  const { object } = apply(shapes, live, service({ ports: [port(80)] }), ours, time);
  t.same((object['spec'] as JsonObject)['ports'], [port(80), { name: 'more' }]);
});

test('an atomic map is owned and replaced whole', async (t) => {
  const live = edited(applied({ selector: { a: '1' } }), { selector: { a: '1', b: '2' } });
  const { object } = apply(shapes, live, service({ selector: { c: '3' } }), ours, time);
  t.same(object['spec'], { selector: { c: '3' } });
});

test('an apply that changes nothing leaves its time alone', async (t) => {
  const later = '2026-11-24T01:00:00Z';
  const { managedFields } = apply(
    shapes,
    applied({ type: 'ClusterIP' }),
    service({ type: 'ClusterIP' }),
    ours,
    later,
  );
  t.same(
    (managedFields as JsonObject[]).map((entry) => entry['time']),
    [time],
  );
});

test('an update that only removes fields makes no entry and moves no time', async (t) => {
  const live = applied({ type: 'ClusterIP', sessionAffinity: 'None' });
  const after = edited(live, { type: 'ClusterIP' });
  t.same(fieldsOf(after.metadata['managedFields'] as JsonObject[]), {
    metacontroller: { 'f:spec': { 'f:type': {} } },
  });
});
