import { readFileSync } from 'node:fs';
import { type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox';
import { parse } from 'yaml';
import { Settings } from '../../src/settings/settings.ts';
import { components } from '../components/component.ts';
import { LabelSelector } from '../metacontroller/composite-controller.ts';

/** The manifests say what the defaults are. */
const read = (path: string) =>
  parse(readFileSync(new URL(`../../manifests/${path}`, import.meta.url), 'utf8'));
const serviceMonitor = read('monitoring/service-monitor.yaml');
const { replicas, template } = read('base/deployment.yaml').spec;
const [hook] = template.spec.containers;
const [, metacontroller] = read('components/standalone/deployment.yaml').spec.template.spec.containers;
const [imageOfHook = '', imageOfMetacontroller = ''] = [hook.image, metacontroller.image].map(
  (image: string) => image.slice(0, image.lastIndexOf(':')),
);

const strict = <P extends TProperties>(description: string, properties: P) =>
  Type.Object(properties, { description, additionalProperties: false });
const text = (description: string, value = '') => Type.String({ description, default: value });
const yes = (description: string) => Type.Boolean({ description, default: true });
const no = (description: string) => Type.Boolean({ description, default: false });
const free = (description: string, value: object = {}) => Type.Object({}, { description, default: value });
const texts = (description: string, value: Record<string, string> = {}) =>
  Type.Record(Type.String(), Type.String(), { description, default: value });
const list = (description: string, items: TSchema = Type.Object({})) =>
  Type.Array(items, { description, default: [] });
const choice = (description: string, first: string, ...others: string[]) =>
  Type.Unsafe<string>({ type: 'string', enum: [first, ...others], description, default: first });
const count = (description: string, value: number) =>
  Type.Integer({ description, default: value, minimum: 0 });
const name = (description: string, value = '') =>
  Type.String({
    description,
    default: value,
    maxLength: 253,
    pattern: '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$',
  });

/** What a Secret holds for Metacontroller, which sends it to the hook. */
const clientSecret = {
  name: name('Its name.', 'mcpregistry-hook-client'),
  namespace: name('Its namespace.', 'metacontroller'),
};
const image = (repository: string) => ({
  repository: Type.String({ description: 'Its name, without a tag.', default: repository, minLength: 1 }),
  digest: Type.String({
    description: 'Its digest, which is used instead of the tag.',
    default: '',
    pattern: '^(sha256:[0-9a-f]{64})?$',
  }),
});

/** A tag other than `latest`, which may be another image at each start of a pod. May be empty only if that is the default. */
const tag = (description: string, value: string) =>
  Type.String({
    description,
    default: value,
    pattern: `^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})${value === '' ? '?' : ''}$`,
    not: { enum: ['latest'] },
  });

/** Settings that other values decide. */
const decided: ReadonlySet<string> = new Set([
  ...['HOST', 'PORT', 'METRICS_HOST', 'METRICS_PORT', 'TLS_CERT_FILE', 'TLS_KEY_FILE'],
  ...['AUTH_BEARER_FILE', 'AUTH_BASIC_FILE', 'TLS_CLIENT_CA_FILE', 'TLS_CLIENT_NAMES'],
]);
const config = Object.fromEntries(
  Object.entries<TSchema>(Settings.properties)
    .filter(([setting]) => !decided.has(setting))
    .map(([setting, schema]) => [setting, Type.Optional(asHelmReads(schema))]),
);

/** Helm's expressions have no lookahead: such a pattern is left to the hook, which does not start with a wrong value. */
function asHelmReads({ pattern, default: byDefault, holds: _, description, ...schema }: TSchema): TSchema {
  return Type.Unsafe({
    ...schema,
    description: `${description}${byDefault === undefined ? '' : ` Default: ${byDefault}.`}`,
    ...(pattern !== undefined && !pattern.includes('(?') && { pattern }),
  });
}

/** The values of the chart. Each has a description, and a default unless it is an object with fields of its own. */
export const Values: TObject = Type.Object(
  {
    replicaCount: count('How many pods of the hook. It keeps no state.', replicas),
    image: strict('The image of the hook.', {
      ...image(imageOfHook),
      tag: tag('Its tag, which does not move; that of this release if it is empty.', ''),
      pullPolicy: choice('When it is pulled.', 'IfNotPresent', 'Always', 'Never'),
    }),
    imagePullSecrets: list('Secrets for pulling it.', Type.Object({ name: Type.String() })),
    nameOverride: name('Replaces the name of the chart in the names of objects.'),
    fullnameOverride: Type.String({
      description: 'Replaces the whole name of objects: a name of a Service.',
      default: '',
      maxLength: 63,
      pattern: '^([a-z]([-a-z0-9]*[a-z0-9])?)?$',
    }),
    commonLabels: texts('Labels of every object.'),
    serviceAccount: strict(
      'The identity of the pods. It has no rights, and no token, unless standalone is enabled.',
      {
        create: yes('Whether it is made.'),
        name: name('Its name; that of the Deployment, or `default` if it is not made, if it is empty.'),
        annotations: texts('Its annotations.'),
      },
    ),
    resources: free(
      'Requests and limits of the hook. No limit of CPU: throttled, an answer could miss the 10 s that Metacontroller waits.',
      hook.resources,
    ),
    podSecurityContext: free('The securityContext of the pod.', template.spec.securityContext),
    securityContext: free('The securityContext of each container.', hook.securityContext),
    nodeSelector: texts('Labels that a node must have.'),
    tolerations: list('Taints that the pods tolerate.'),
    affinity: free('The affinity of the pods.'),
    topologySpreadConstraints: list(
      'How the pods are spread; one a node, as far as possible, if it is empty.',
    ),
    priorityClassName: name('The priority of the pods.'),
    podAnnotations: texts('Further annotations of the pods.'),
    podLabels: texts('Further labels of the pods.'),
    extraEnv: list(
      'Further environment variables of the hook, but none that other values decide.',
      Type.Object({ name: Type.String({ not: { enum: [...decided] } }) }),
    ),
    extraVolumes: list('Further volumes of the pods.'),
    extraVolumeMounts: list('Further volumes that the hook mounts.'),
    extraObjects: list('Further objects, each of which may hold templates.'),
    config: Type.Object(config, {
      description: 'Settings of the hook, by their names: docs/settings.md.',
      default: {},
      additionalProperties: false,
    }),
    crds: strict('The definition of MCPRegistry.', {
      enabled: yes('Whether this release brings it. Helm upgrades it then with the release.'),
      keep: yes('Whether it stays when the release goes. Without it, uninstalling deletes every registry.'),
      takeOwnership: no(
        'Whether a definition that somebody else brought may become one of this release: with --take-ownership.',
      ),
    }),
    crdGuard: strict('Admission policies that guard the definition and the status.', {
      enabled: no('Whether they are made.'),
    }),
    rbac: strict('Rights of Metacontroller and of people.', {
      create: yes(
        'Whether the rights of Metacontroller are bound. Its own manifests bind every right to it.',
      ),
      scope: choice(
        'Where Metacontroller may write: in the whole cluster, or in allowedNamespaces.',
        'cluster',
        'namespace',
      ),
      allowedNamespaces: list(
        'The namespaces with registries, for the scope `namespace`. They have to exist.',
        Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' }),
      ),
      endpointSecrets: yes(
        'Whether Metacontroller may read all Secrets of the cluster where it needs to: with auth.token, auth.basic or auth.mtls. Its own manifests let it anyway.',
      ),
      aggregateToView: yes('Whether those who view a namespace see its registries.'),
      aggregateToEdit: yes('Whether those who edit a namespace write its registries.'),
      aggregateToAdmin: yes('Whether admins of a namespace write its registries.'),
    }),
    podDisruptionBudget: strict(
      'Keeps a pod while nodes are drained. Not for one replica: no node with it could be drained.',
      {
        enabled: yes('Whether there is one.'),
        minAvailable: Type.Unsafe<number | string>({
          type: ['integer', 'string'],
          description: 'How many pods stay: a number or a percentage.',
          default: 1,
          minimum: 0,
          pattern: '^[0-9]+%$',
        }),
      },
    ),
    networkPolicy: strict(
      'Lets Metacontroller in, Prometheus to the port of serviceMonitor alone, and nothing out. Not with standalone.',
      {
        enabled: no('Whether there is one.'),
        metacontrollerLabels: texts('Labels of the pods of Metacontroller.', {
          'app.kubernetes.io/name': 'metacontroller',
        }),
        prometheusLabels: texts('Labels of the pods of Prometheus, in any namespace.', {
          'app.kubernetes.io/name': 'prometheus',
        }),
      },
    ),
    serviceMonitor: strict(
      'How a Prometheus of the Prometheus operator finds the metrics. With standalone, which has no Service, it is a PodMonitor.',
      {
        enabled: no('Whether there is one. The metrics are on a port of their own then, without TLS.'),
        interval: text('How often they are read.', serviceMonitor.spec.endpoints[0].interval),
        labels: texts('Further labels, by which a Prometheus selects it.'),
      },
    ),
    prometheusRule: strict('Alerts that a person can act on: docs/runbook.md.', {
      enabled: no('Whether they are made. They need the CRDs of the Prometheus operator.'),
      labels: texts('Further labels, by which a Prometheus selects them.'),
    }),
    grafanaDashboard: strict('A dashboard in a ConfigMap, as the sidecar of the chart of Grafana finds it.', {
      enabled: no('Whether it is made.'),
      labels: texts('Further labels.'),
    }),
    tls: strict('TLS between Metacontroller and the hook.', {
      enabled: no('Whether the hook serves it.'),
      secretName: name(
        'The Secret with tls.crt, tls.key and, for `helm test`, ca.crt.',
        'mcpregistry-hook-tls',
      ),
      certManager: strict('The certificate of that Secret.', {
        enabled: yes('Whether cert-manager issues it.'),
        issuerRef: free('The issuer; an authority of its own if it is empty.'),
      }),
      caBundle: strict('How Metacontroller knows the authority: exactly one of the two.', {
        inline: text('Its certificates in PEM, base64-encoded as Metacontroller takes it.'),
        configMapRef: strict('A ConfigMap that holds them.', {
          name: name('Its name, if inline is empty.', 'mcpregistry-hook-ca'),
          namespace: name('Its namespace; that of the release if it is empty.'),
          key: text('Its key.', 'ca.crt'),
        }),
      }),
    }),
    auth: strict('Credentials, either of which is enough. Set one: without, the hook answers everybody.', {
      token: strict('A bearer token.', {
        enabled: no('Whether Metacontroller sends one.'),
        secretName: name('A Secret with the key `tokens`, one a line.', 'mcpregistry-hook-auth'),
        clientSecret: strict('The Secret that Metacontroller reads.', {
          ...clientSecret,
          key: text('Its key.', 'token'),
        }),
      }),
      basic: strict('A user name and a password. Not with token.', {
        enabled: no('Whether Metacontroller sends them.'),
        secretName: name(
          'A Secret with the key `users`: `user:password`, one a line.',
          'mcpregistry-hook-auth',
        ),
        clientSecret: strict('The Secret that Metacontroller reads: username and password.', clientSecret),
      }),
      mtls: strict('A client certificate. Needs tls.', {
        enabled: no('Whether Metacontroller presents one.'),
        caSecretName: name('A Secret with the authority, ca.crt.', 'metacontroller-client-ca'),
        names: text('Names of certificates that are accepted, separated by commas.', 'metacontroller'),
        clientSecret: strict('The Secret that Metacontroller reads: tls.crt and tls.key.', clientSecret),
      }),
    }),
    explain: strict('Says in the status why pods are not ready. Metacontroller watches all pods then.', {
      enabled: no('Whether it does.'),
    }),
    children: strict(
      'Kinds of children that only some registries ask for. Metacontroller watches each kind in the whole cluster.',
      Object.fromEntries(
        components.map(({ name: key, kind, field, needs }) => [
          key,
          strict(
            `${kind}, for ${field}.${needs ? ` Needs ${needs.what}: without them nothing works.` : ''}`,
            {
              enabled: no('Whether Metacontroller manages it.'),
            },
          ),
        ]),
      ),
    ),
    compositeController: strict(
      'What tells Metacontroller of the hook. Its name is fixed: it is part of the finalizer of every registry.',
      {
        enabled: yes(
          'Whether it is made. Where it was, set finalize to false first: deleted before, it leaves finalizers that nobody takes off.',
        ),
        apiVersion: choice(
          'The version that it is registered for, which decides the word for a registry that serves: Running, or Ready.',
          'v1alpha1',
          'v1beta1',
        ),
        finalize: yes(
          'Whether the hook finalizes registries. False is the first step to leave: Metacontroller takes its finalizers away.',
        ),
        labelSelector: Type.Object(LabelSelector.properties, {
          description:
            'Which registries are looked after; all if it is empty. A registry that was looked after and does not match is finalized: its children are deleted, and its servers with them. So label the registries first.',
          default: {},
          additionalProperties: false,
        }),
      },
    ),
    metacontroller: strict('Metacontroller, which this chart does not install.', {
      serviceAccount: strict('To whom rights are bound.', {
        name: name('Its name.', 'metacontroller'),
        namespace: name('Its namespace.', 'metacontroller'),
      }),
      standalone: strict('Or one in the pod of the hook. Its CRDs have to be there.', {
        enabled: no('Whether there is one.'),
        image: strict('Its image.', {
          ...image(imageOfMetacontroller),
          tag: tag(
            'Its tag, which does not move.',
            metacontroller.image.slice(imageOfMetacontroller.length + 1),
          ),
        }),
        extraArgs: list('Further flags.', Type.String()),
        resources: free('Requests and limits.', metacontroller.resources),
      }),
    }),
    global: Type.Object(
      {},
      { description: 'Values of a chart that contains this one; not read.', default: {} },
    ),
  },
  { title: 'Values of mcpregistry-hook', additionalProperties: false },
);
