import { Document, visit } from 'yaml';
import { sortKeys } from '../text/canonical-json.ts';
import { ambiguous, writeSimpleYaml } from './simple-yaml.ts';

/** Where `config.yaml` is, and what else is in the ConfigMap with it. */
export const CONFIG_DIRECTORY = '/config';

/** A mapping of the configuration; what is undefined is not written. */
export type ConfigObject = Readonly<Record<string, unknown>>;

export interface ConfigSource extends ConfigObject {
  readonly name: string;
}

/** A registry server's configuration of version 2 (toolhive-registry-server: docs/configuration.md). */
export interface ServerConfig {
  readonly sources: readonly ConfigSource[];
  readonly registries: readonly ConfigObject[];
  readonly database: ConfigObject;
  readonly auth: ConfigObject;
  readonly telemetry?: ConfigObject | undefined;
  readonly audit?: ConfigObject | undefined;
}

/**
 * The text of `config.yaml`: equal configurations give equal bytes.
 *
 * The server reads it by a library that takes YAML 1.1 for more than YAML 1.2 does (dates, for one), so a
 * string that either of them would read as something else is quoted. Long lines are never folded.
 */
export function writeServerConfig(given: ServerConfig): string {
  const { sources, registries, database, auth, telemetry, audit } = given;
  const config = {
    sources: sources.map(sortClaims),
    registries: registries.map(sortClaims),
    database,
    auth: sortRoles(auth),
    telemetry,
    audit,
  };
  return writeSimpleYaml(config) ?? writeYaml(config);
}

/** As `writeSimpleYaml`, of any configuration. */
export function writeYaml(config: unknown): string {
  const document = new Document(config, { schema: 'core', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && ambiguous.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Claims are a user's own maps: their order means nothing, so it must not show. */
const sortClaims = (entry: ConfigObject): ConfigObject =>
  entry['claims'] === undefined ? entry : { ...entry, claims: sortKeys(entry['claims']) };

const sortRoles = (auth: ConfigObject): ConfigObject =>
  auth['authz'] === undefined ? auth : { ...auth, authz: sortKeys(auth['authz']) };
