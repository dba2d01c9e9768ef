import { type TSchema, Type } from '@sinclair/typebox';
import { Child, FinalizeAnswer, SyncAnswer } from '../../hooks/contract/answer.ts';
import { KubernetesObject, ObservedCondition } from '../../hooks/contract/kubernetes.ts';
import { HookRequest } from '../../hooks/contract/request.ts';
import { Condition, MCPRegistryStatus } from '../../hooks/contract/status.ts';
import { ErrorAnswer } from '../errors.ts';
import { version } from '../version.ts';
import { exampleCalls } from './example.ts';

/** What is handed back as it came, is as it came: conditions of others, and children that are left as they are. */
const handedBack = {
  status: Type.Object({
    ...MCPRegistryStatus.properties,
    conditions: Type.Array(Type.Union([Condition, ObservedCondition])),
  }),
  children: Type.Array(Type.Union([Child, KubernetesObject])),
};
const answers = {
  sync: Type.Object({ ...SyncAnswer.properties, ...handedBack }),
  finalize: Type.Object({ ...FinalizeAnswer.properties, ...handedBack }),
};

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
  400: failure('The body is no Metacontroller request; the message has the path of its first wrong field.'),
  401: failure('The call has no valid credentials.', {
    'WWW-Authenticate': 'The kinds of credentials that are accepted.',
  }),
  408: { description: 'The body took longer than 10 s.' },
  411: failure('The header Content-Length is missing.'),
  413: failure('The body is larger than the setting BODY_LIMIT_BYTES.'),
  415: failure('The body is not JSON, or compressed.'),
  429: failure('There is more to do than can be done.', {
    'Retry-After': 'After how many seconds to call again.',
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

/** The OpenAPI description of the service, from the schemas by which it checks requests. */
export function describeApi() {
  const examples = exampleCalls();
  const hook = (name: keyof typeof examples, summary: string) => ({
    post: {
      operationId: name,
      summary,
      requestBody: { required: true, content: json(HookRequest, examples[name].request) },
      responses: {
        200: {
          description: 'What should exist, and the status.',
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
      description: 'The webhook that Metacontroller asks about MCPRegistry objects.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: {
      '/sync': hook('sync', 'What should exist for a registry, and what is the case with it.'),
      '/finalize': hook('finalize', 'What is left of a registry that is being deleted.'),
      '/healthz': get('healthz', 'Whether the process answers.', { 200: health('It does.') }),
      '/readyz': get('readyz', 'Whether the service wants calls.', {
        200: health('It does.'),
        503: health('It is shutting down.'),
      }),
      '/metrics': get('metrics', 'Metrics for Prometheus.', { 200: text('All metrics.', 'text/plain') }),
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
    // Any of them; none where the service is started without.
    security: [{ bearer: [] }, { basic: [] }, { certificate: [] }, {}],
  };
}
