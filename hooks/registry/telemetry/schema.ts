import { type Static, Type } from '@sinclair/typebox';
import { SpecObject, Text } from '../fields/common.ts';

const Enabled = (description: string) => Type.Optional(Type.Boolean({ description, default: false }));

/** OpenTelemetry of a registry server. */
export const TelemetryConfig = SpecObject(
  {
    enabled: Enabled('Whether anything is exported.'),
    serviceName: Type.Optional(Text('Name of the service; the server has thv-registry-api by default.')),
    serviceVersion: Type.Optional(Text('Version of the service.')),
    endpoint: Type.Optional(
      Text('OTLP collector as host:port, without http://; the server has localhost:4318 by default.'),
    ),
    insecure: Type.Optional(
      Type.Boolean({ description: 'Whether the collector is called without TLS.', default: false }),
    ),
    tracing: Type.Optional(
      SpecObject(
        {
          enabled: Enabled('Whether traces are exported.'),
          sampling: Type.Optional(
            Type.String({
              description: 'Share of traces to keep, a number over 0 and up to 1 written as a string.',
              pattern: '^(0?\\.0*[1-9][0-9]*|1(\\.0*)?)$',
              maxLength: 32,
              expects: 'a string that holds a number over 0 and up to 1, such as "0.05"',
            }),
          ),
        },
        { description: 'Traces.' },
      ),
    ),
    metrics: Type.Optional(
      SpecObject({ enabled: Enabled('Whether metrics are exported.') }, { description: 'Metrics.' }),
    ),
  },
  { description: 'OpenTelemetry of the registry server.' },
);
export type TelemetryConfig = Static<typeof TelemetryConfig>;
