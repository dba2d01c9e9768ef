import { API_PORT, apiName } from '../../../hooks/children/names.ts';
import { type JsonObject, objectOf, objectsOf } from '../../../hooks/json.ts';
import { CHART_INTERNAL_PORT, chartSelector, type Release } from './chart.ts';
import type { ChartValues } from './chart-values.ts';
import { FILES_SUFFIX } from './chart-volumes.ts';
import type { Exportable } from './exportable.ts';

/** What a release needs besides the chart. */
export function chartExtras(exported: Exportable, chart: ChartValues): readonly JsonObject[] {
  const { byKind } = exported;
  const { release, files } = chart;
  const about = aboutRelease(release);
  const routed = (child: object | undefined, change: (spec: JsonObject) => JsonObject): JsonObject[] =>
    child ? [renamed(objectOf(child), release, change)] : [];
  const toPods = (field: string) => (spec: JsonObject) => ({
    ...spec,
    [field]: { matchLabels: chartSelector(release) },
  });
  return [
    ...(Object.keys(files).length > 0
      ? [
          {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: about(`${release.fullname}${FILES_SUFFIX}`),
            data: files,
          },
        ]
      : []),
    ...rights(chart, byKind.Role.rules),
    ...routed(byKind.NetworkPolicy, toPods('podSelector')),
    ...routed(byKind.PodDisruptionBudget, toPods('selector')),
    ...routed(byKind.HorizontalPodAutoscaler, (spec) => ({
      ...spec,
      scaleTargetRef: { ...objectOf(spec['scaleTargetRef']), name: release.fullname },
    })),
    ...routed(byKind.HTTPRoute, (spec) => ({
      ...spec,
      rules: objectsOf(spec['rules']).map((rule) => ({
        ...rule,
        backendRefs: objectsOf(rule['backendRefs']).map((backend) => ({
          ...backend,
          name: release.fullname,
        })),
      })),
    })),
    ...routed(byKind.Ingress, (spec) => ({
      ...spec,
      rules: objectsOf(spec['rules']).map(toService(release)),
    })),
    ...routed(byKind.PodMonitor, (spec) => ({
      ...toPods('selector')(spec),
      podMetricsEndpoints: objectsOf(spec['podMetricsEndpoints']).map((endpoint) =>
        endpoint['port'] === API_PORT.name ? endpoint : { ...endpoint, port: CHART_INTERNAL_PORT },
      ),
    })),
  ];
}

/** The Service of the registry, leading to the pods of the release: callers keep its name. */
export function switchedService(
  { identity, byKind: { Service: service } }: Exportable,
  release: Release,
): JsonObject {
  const { annotations } = service.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...(annotations ? { annotations } : {}), ...aboutRelease(release)(apiName(identity)) },
    spec: {
      ...service.spec,
      ports: (service.spec.ports ?? []).map((port) =>
        port.name === API_PORT.name ? port : { ...port, targetPort: CHART_INTERNAL_PORT },
      ),
      selector: chartSelector(release),
    },
  };
}

const aboutRelease =
  ({ namespace, name: release }: Release) =>
  (name: string): JsonObject => ({
    labels: { 'app.kubernetes.io/component': 'registry-api', 'app.kubernetes.io/instance': release },
    name,
    namespace,
  });

/** A child of the registry as one of the release; its own labels and annotations stay. */
function renamed(child: JsonObject, release: Release, change: (spec: JsonObject) => JsonObject): JsonObject {
  const { labels, ...metadata } = objectOf(child['metadata']);
  const about = aboutRelease(release)(release.fullname);
  const own = Object.entries(objectOf(labels)).filter(
    ([name]) => !/^(?:app\.kubernetes|toolhive\.stacklok)\.io\//.test(name),
  );
  return {
    ...child,
    metadata: { ...metadata, ...about, labels: { ...objectOf(about['labels']), ...Object.fromEntries(own) } },
    spec: change(objectOf(child['spec'])),
  };
}

/** A rule of an Ingress, leading to the Service of the release. */
const toService =
  ({ fullname }: Release) =>
  (rule: JsonObject): JsonObject => ({
    ...rule,
    http: {
      paths: objectsOf(objectOf(rule['http'])['paths']).map((path) => ({
        ...path,
        backend: { service: { ...objectOf(objectOf(path['backend'])['service']), name: fullname } },
      })),
    },
  });

/**
 * The rights that the chart does not give: those of the Role in the registry's own namespace, and what a server may see of
 * others that its sources name.
 */
function rights({ release, account, watched }: ChartValues, rules: readonly object[] = []): JsonObject[] {
  const readOnly = rules.filter((rule) => !objectsOfVerbs(rule).some((verb) => !reading.has(verb)));
  return [
    ...roleFor(release, account, release.namespace, rules),
    ...watched.flatMap((namespace) => roleFor(release, account, namespace, readOnly)),
  ];
}

const reading: ReadonlySet<unknown> = new Set(['get', 'list', 'watch']);

const objectsOfVerbs = (rule: object): readonly unknown[] => {
  const { verbs } = objectOf(rule);
  return Array.isArray(verbs) ? verbs : [];
};

function roleFor(
  release: Release,
  account: string,
  namespace: string,
  rules: readonly object[],
): JsonObject[] {
  const metadata = { ...aboutRelease(release)(`${release.fullname}-registry`), namespace };
  const apiGroup = 'rbac.authorization.k8s.io';
  return [
    { apiVersion: `${apiGroup}/v1`, kind: 'Role', metadata, rules },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup, kind: 'Role', name: `${release.fullname}-registry` },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: release.namespace }],
    },
  ];
}
