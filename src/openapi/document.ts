import { type TSchema, Type } from '@sinclair/typebox';
import { Child, FinalizeAnswer, SyncAnswer } from '../../hooks/contract/answer.ts';
import { CustomizeAnswer, CustomizeRequest } from '../../hooks/contract/customize.ts';
import { KubernetesObject, ObservedCondition } from '../../hooks/contract/kubernetes.ts';
import { HookRequest } from '../../hooks/contract/request.ts';
import { Condition, MCPRegistryStatus } from '../../hooks/contract/status.ts';
import { ErrorAnswer } from '../errors.ts';
import { version } from '../version.ts';
import { exampleCalls } from './example.ts';

/** Conditions of other controllers and children that are left unchanged are returned as they were observed. */
const returnedAsObserved = {
  status: Type.Object({
    ...MCPRegistryStatus.properties,
    conditions: Type.Array(Type.Union([Condition, ObservedCondition])),
  }),
  children: Type.Array(Type.Union([Child, KubernetesObject])),
};
const answers = {
  sync: Type.Object({ ...SyncAnswer.properties, ...returnedAsObserved }),
  finalize: Type.Object({ ...FinalizeAnswer.properties, ...returnedAsObserved }),
  customize: CustomizeAnswer,
};

/** What of a hook differs from the others. */
interface HookTexts {
  readonly request?: TSchema;
  readonly answered?: string;
}

const json = (schema: TSchema, example?: unknown) => ({
  'application/json': { schema, ...(example !== undefined && { example }) },
});

const failure = (description: string, headers: Record<string, string> = {}) => ({
  description,
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, meaning]) => [
      name,
      { description: meaning, schema: { type: 'string' } },
    ]),
  ),
  content: json(ErrorAnswer),
});

const hookFailures = {
  400: failure(
    'The body is not a Metacontroller request; the message has the path of its first wrong field.',
  ),
  401: failure('The call has no valid credentials.', {
    'WWW-Authenticate': 'The kinds of credentials that are accepted.',
  }),
  408: { description: 'The body took longer than 10 s.' },
  411: failure('The header Content-Length is missing.'),
  413: failure('The body is larger than the setting BODY_LIMIT_BYTES.'),
  415: failure('The body is not declared as JSON, or it is compressed.'),
  429: failure('The service is overloaded.', {
    'Retry-After': 'The number of seconds after which to call again.',
  }),
  500: failure('A bug; the log has the details.'),
};

const get = (operationId: string, summary: string, responses: object) => ({
  get: { operationId, summary, security: [], responses },
});
const text = (description: string, type: string) => ({
  description,
  content: { [type]: { schema: { type: 'string' } } },
});
const healthSchema = { type: 'object', properties: { status: { type: 'string' } }, required: ['status'] };
const health = (description: string) => ({
  description,
  content: { 'application/json': { schema: healthSchema } },
});

const release = {
  name: 'v',
  in: 'query',
  schema: { type: 'string' },
  description:
    'The release of the CompositeController. The answer to a sync of another release asks for another call soon, if it asks for none anyway.',
};

/** The OpenAPI description of the service, from the schemas by which it checks requests. */
export function describeApi() {
  const examples = exampleCalls();
  const hook = (
    name: keyof typeof examples,
    summary: string,
    { request = HookRequest, answered = 'The desired children and the status.' }: HookTexts = {},
  ) => ({
    post: {
      operationId: name,
      summary,
      parameters: [release],
      requestBody: { required: true, content: json(request, examples[name].request) },
      responses: {
        200: {
          description: answered,
          content: json(answers[name], examples[name].answer),
        },
        ...hookFailures,
      },
    },
  });
  return {
    openapi: '3.1.0',
    info: {
      title: 'mcpregistry-hook',
      version,
      description: 'The Metacontroller webhook for MCPRegistry objects.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: {
      '/sync': hook('sync', 'The children that a registry should have, and its status.'),
      '/finalize': hook(
        'finalize',
        'The children that a registry keeps while it is being deleted, and its status.',
      ),
      '/customize': hook('customize', 'Which objects of others explain the status of a registry.', {
        request: CustomizeRequest,
        answered: 'Rules by which Metacontroller finds them.',
      }),
      '/healthz': get('healthz', 'Whether the process responds.', { 200: health('It does.') }),
      '/readyz': get('readyz', 'Whether the service accepts calls.', {
        200: health('It does.'),
        503: health('It is shutting down.'),
      }),
      '/metrics': get('metrics', 'Metrics for Prometheus; with METRICS_PORT on that port alone.', {
        200: text('All metrics.', 'text/plain'),
      }),
      '/openapi.json': get('openapi', 'This document.', {
        200: {
          description: 'The document.',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
      }),
    },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A token of AUTH_BEARER_FILE.' },
        basic: { type: 'http', scheme: 'basic', description: 'A user of AUTH_BASIC_FILE.' },
        certificate: {
          type: 'mutualTLS',
          description: 'A certificate of an authority in TLS_CLIENT_CA_FILE.',
        },
      },
    },
    // Any of them, or none if no credentials are configured.
    security: [{ bearer: [] }, { basic: [] }, { certificate: [] }, {}],
  };
}
