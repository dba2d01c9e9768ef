import { objectOf, textOf } from '../../json.ts';
import { nanoseconds } from '../fields/go-duration.ts';
import { hostOf } from '../fields/url.ts';
import { fieldOf, type Section, type Sections } from '../section.ts';
import { type Warning, warnAbout } from '../warning.ts';
import { DEFAULT_SYNC_INTERVAL } from './config.ts';
import { unreadRefs } from './kinds/git.ts';
import { unsyncedKinds } from './kinds.ts';

/** What the server does with its sources that most people would not expect. */
export function sourceWarnings({ raw, sources }: Sections): Warning[] {
  const read = sources.filter(isRead);
  return [
    // What is in `configYAML` is passed on as it is.
    ...(raw ? [] : refWarnings(sources)),
    ...formatWarnings(read.filter((source) => !isApi(source))),
    ...apiWarnings(sources.filter(isApi)),
    ...credentialWarnings(sources),
    ...intervalWarnings(read),
    ...turnWarnings(read),
  ];
}

const isRead = ({ value }: Section) => unsyncedKinds.every((kind) => value[kind] === undefined);
const isApi = ({ value }: Section) => value['api'] !== undefined;

/** Of what to check out, the first that is set is read (`kinds/git.ts`). */
const refWarnings = (sources: readonly Section[]) =>
  (['branch', 'tag'] as const).flatMap((read) =>
    warnAbout(
      'FieldIgnored',
      sources.flatMap((source) => {
        const git = objectOf(source.value['git']);
        return unreadRefs(git, read).map((ref) => `${source.field}.git.${ref}`);
      }),
      `is not read, because ${read} is set: remove one of them`,
    ),
  );

/** toolhive-registry-server: internal/sources/types.go, ValidateData, which reads one format since v1.2.0. */
const formatWarnings = (files: readonly Section[]) =>
  warnAbout(
    'FormatIgnored',
    files.filter(({ value }) => value['format'] === 'toolhive').map((source) => fieldOf(source, 'format')),
    'toolhive is ignored by servers since v1.2: they read the upstream format only, and take no entries from a file in the ToolHive format. Convert such a file, and remove format',
  );

/** As much of a URL as is read, which is the longest that typed fields take. Those of `configYAML` have no limit. */
const URL_LIMIT = 2048;

/** The URL of a source in one of its fields; empty if there is none. */
const urlOf = ({ value }: Section, kind: string, name: string): string =>
  textOf(objectOf(value[kind])[name]).slice(0, URL_LIMIT);

/** The one registry that is known to serve what the server looks for. */
const OFFICIAL_REGISTRY = 'registry.modelcontextprotocol.io';

/** toolhive-registry-server: internal/sources/api_upstream.go, Validate. */
const apiWarnings = (apis: readonly Section[]) =>
  warnAbout(
    'ApiNotOfficial',
    apis
      .filter((source) => hostOf(urlOf(source, 'api', 'endpoint')) !== OFFICIAL_REGISTRY)
      .map(({ field }) => `${field}.api.endpoint`),
    `is read only if it serves /openapi.yaml as https://${OFFICIAL_REGISTRY} does (info.version 1.0.0, and https://github.com/modelcontextprotocol/registry in info.description). A ToolHive registry server does not: read its entries from a file`,
  );

/** Where the URL of a source is: the last one is that of `config.yaml`. */
const urlFields = [
  ['git', 'repository'],
  ['api', 'endpoint'],
  ['url', 'endpoint'],
  ['file', 'url'],
] as const;

const userInformation = /^[a-z]+:\/\/[^/?#]*@/i;

/** toolhive-registry-server: internal/service/service.go, SourceInfo, whose `sourceConfig` has the URL as it was written. */
const credentialWarnings = (sources: readonly Section[]) =>
  warnAbout(
    'CredentialsInUrl',
    sources.flatMap((source) =>
      urlFields
        .filter(([kind, name]) => userInformation.test(urlOf(source, kind, name)))
        .map(([kind, name]) => `${source.field}.${kind}.${name}`),
    ),
    'has a user or password in the URL, which is in the ConfigMap, and which GET /v1/sources shows to everyone who may call it: for a Git repository use git.auth, for others a file',
  );

/** How often the server reads a source (toolhive-registry-server: internal/sync/coordinator/coordinator.go). */
const POLL_MINUTES = 2;
const MINUTE = 60e9;
/** An interval with which a source is out of the way of the others: one that has passed keeps it in their way forever. */
const NEVER = '87600h';

const intervalWarnings = (read: readonly Section[]) =>
  warnAbout(
    'IntervalTooShort',
    read
      .filter((source) => {
        const interval = nanoseconds(intervalOf(source));
        return interval > 0 && interval < POLL_MINUTES * MINUTE;
      })
      .map((source) => `${fieldOf(source, 'syncPolicy')}.interval`),
    `is shorter than ${POLL_MINUTES} minutes, which is about how often the server looks for changes: set ${POLL_MINUTES}m or longer`,
  );

/**
 * Each time it looks, the server takes the source that is due and was stored longest ago, and stores it only if it has
 * changed (database/queries/sync.sql, ListSourceSyncsByLastUpdate): otherwise it takes the same source the next time.
 */
function turnWarnings(read: readonly Section[]): Warning[] {
  const often = read.filter((source) => nanoseconds(intervalOf(source)) < nanoseconds(NEVER));
  return warnAbout(
    'ChangesMayBeMissed',
    often.length > 1 ? often.map(({ field }) => field) : [],
    `are read in turn: the server reads one source when it starts and then one about every ${POLL_MINUTES} minutes, so the last of ${read.length} is served after about ${POLL_MINUTES * (read.length - 1)} minutes. Later it looks only at the source that changed longest ago until that changes again, and misses the changes of others. Serve each source from an MCPRegistry of its own; or, once a source that never changes is complete, set its interval to ${NEVER}, with which it is read again only under a new name`,
  );
}

/** The longest interval that is read, as the schema of the spec has it. */
const INTERVAL_LIMIT = 64;

/** @returns empty if it can't be an interval */
function intervalOf({ value }: Section): string {
  const { interval = DEFAULT_SYNC_INTERVAL } = objectOf(value['syncPolicy']);
  const text = textOf(interval);
  return text.length <= INTERVAL_LIMIT ? text : '';
}
