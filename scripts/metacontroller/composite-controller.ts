import { type Static, type TProperties, Type } from '@sinclair/typebox';

/**
 * The fields that a CompositeController has in Metacontroller v4.17.2, and no others
 * (manifests/production/metacontroller-crds-v1.yaml). The API server drops a field that is not among them, in most cases
 * without a word: what is misspelt or in the wrong place has no effect.
 */
const Strict = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });
const Words = (...words: string[]) => Type.Union(words.map((word) => Type.Literal(word)));

const text = Type.String();
const optionalText = Type.Optional(text);
const Int32 = Type.Integer({ minimum: -2_147_483_648, maximum: 2_147_483_647 });

const resource = { apiVersion: text, resource: text };
const object = { name: text, namespace: text };
const Secret = Strict(object);
const KeyOfBundle = Type.Optional(Strict({ ...object, key: optionalText }));

/** How a webhook is connected to: the same fields for a host and for a single webhook. */
const connection = {
  caBundle: Type.Optional(
    Strict({ inline: optionalText, secretRef: KeyOfBundle, configMapRef: KeyOfBundle }),
  ),
  clientTLS: Type.Optional(Strict({ secretRef: Secret, certKey: optionalText, privateKeyKey: optionalText })),
  authorization: Type.Optional(Strict({ secretRef: Strict({ ...object, key: text }), type: optionalText })),
  basicAuth: Type.Optional(
    Strict({ secretRef: Secret, usernameKey: optionalText, passwordKey: optionalText }),
  ),
};

export const EndpointConfig = Strict({ host: text, ...connection });
export type EndpointConfig = Static<typeof EndpointConfig>;

const Webhook = Strict({
  url: optionalText,
  timeout: Type.Optional(
    Type.String({
      pattern: '^([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$',
      description: 'A duration, as Go writes it.',
    }),
  ),
  path: optionalText,
  service: Type.Optional(Strict({ ...object, port: Type.Optional(Int32), protocol: optionalText })),
  etag: Type.Optional(
    Strict({
      enabled: Type.Optional(Type.Boolean()),
      cacheTimeoutSeconds: Type.Optional(Int32),
      cacheCleanupSeconds: Type.Optional(Int32),
    }),
  ),
  responseUnMarshallMode: Type.Optional(Words('loose', 'strict')),
  ...connection,
});
const Hook = Type.Optional(
  Strict({ version: Type.Optional(Words('v1', 'v2')), webhook: Type.Optional(Webhook) }),
);

export const LabelSelector = Strict({
  matchLabels: Type.Optional(Type.Record(text, text)),
  matchExpressions: Type.Optional(
    Type.Array(
      Strict({
        key: text,
        // The CRD takes any text; Metacontroller does not start the controller with another word.
        operator: Words('In', 'NotIn', 'Exists', 'DoesNotExist'),
        values: Type.Optional(Type.Array(text)),
      }),
    ),
  ),
});

const UpdateStrategy = Strict({
  method: Type.Optional(Words('OnDelete', 'Recreate', 'InPlace', 'RollingRecreate', 'RollingInPlace')),
  statusChecks: Type.Optional(
    Strict({
      conditions: Type.Optional(
        Type.Array(Strict({ type: text, status: optionalText, reason: optionalText })),
      ),
    }),
  ),
});

export const CompositeController = Strict({
  apiVersion: Type.Literal('metacontroller.k8s.io/v1alpha1'),
  kind: Type.Literal('CompositeController'),
  metadata: Type.Object({ name: text }),
  spec: Strict({
    parentResource: Strict({
      ...resource,
      ignoreStatusChanges: Type.Optional(Type.Boolean()),
      labelSelector: Type.Optional(LabelSelector),
      revisionHistory: Type.Optional(Strict({ fieldPaths: Type.Optional(Type.Array(text)) })),
    }),
    childResources: Type.Optional(
      Type.Array(Strict({ ...resource, updateStrategy: Type.Optional(UpdateStrategy) })),
    ),
    hooks: Type.Optional(
      Strict({
        customize: Hook,
        sync: Hook,
        finalize: Hook,
        preUpdateChild: Hook,
        postUpdateChild: Hook,
      }),
    ),
    endpointConfigs: Type.Optional(Type.Array(EndpointConfig)),
    generateSelector: Type.Optional(Type.Boolean()),
    resyncPeriodSeconds: Type.Optional(Int32),
  }),
});
