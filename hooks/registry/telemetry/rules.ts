import { describe } from '../../problem.ts';
import type { Rule } from '../rule.ts';
import type { TelemetryConfig } from './schema.ts';

const hostAndPort = /^(?:\[[0-9a-fA-F:.]+\]|[^\s/?#@:[\]\\%]*):([0-9]{1,5})$/;
const isHostAndPort = String.raw`matches(r'^(?:[[][0-9a-fA-F:.]+[]]|[^\s/?#@:[\]\\%]*):[0-9]{1,5}$')`;

const isEndpoint = (text: string): boolean => {
  const port = Number(hostAndPort.exec(text)?.[1]);
  return port >= 1 && port <= 65_535;
};

const message = 'must be host:port, such as otel-collector:4318, without http:// and a path';

/** With a scheme or a path, a server that exports anything ends at start. */
const endpointIsHostAndPort: Rule<TelemetryConfig> = {
  field: '.endpoint',
  message,
  cel: `!has(self.enabled) || !self.enabled || !has(self.endpoint) || self.endpoint.${isHostAndPort}`,
  check: ({ enabled, endpoint }, field) =>
    !enabled || endpoint === undefined || isEndpoint(endpoint)
      ? []
      : [{ field: `${field}.endpoint`, message: `${message}, found ${describe(endpoint)}` }],
};

export const telemetryRules: readonly Rule<TelemetryConfig>[] = [endpointIsHostAndPort];
