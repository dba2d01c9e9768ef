import { dnsLabel } from '../../text/dns-names.ts';
import { anyOf, exactlyOneOf, type ValidationRule } from './common.ts';
import { InlineSourceKind } from './source-kinds.ts';

/** Which fields of a spec go together, in CEL: what `rules/path.ts`, `rules/source.ts` and `rules/auth.ts` say. */

const typedFields = ['sources', 'registries', 'databaseConfig', 'authConfig', 'telemetryConfig'];
const isRaw = "has(self.configYAML) && self.configYAML != ''";
const isTyped = anyOf('self', typedFields);

/** The raw path excludes the typed one, and one of them is needed. */
const paths: readonly ValidationRule[] = [
  {
    rule: `!(${isRaw}) || !(${isTyped})`,
    message: `can't be combined with ${typedFields.join(', ')}: keep either the whole configuration or the typed fields`,
    fieldPath: '.configYAML',
  },
  {
    rule: `(${isRaw}) || ${isTyped}`,
    message: 'says nothing to serve: set configYAML, or sources and registries',
  },
  {
    rule: `(${isRaw}) || !(${isTyped}) || (has(self.registries) && self.registries.size() > 0)`,
    message: 'is required: list at least one view of the sources',
    fieldPath: '.registries',
  },
];

const hasSources = 'has(self.sources) && self.sources.size() > 0';
const everyEntry = (condition: string) => `!has(self.registries) || self.registries.all(entry, ${condition})`;

/** With `sources`, each entry of `registries` is a view of them. */
const views: readonly ValidationRule[] = [
  {
    rule: `!(${hasSources}) || ${everyEntry(`!(${anyOf('entry', InlineSourceKind)})`)}`,
    message: 'has a source inside a view: move it to spec.sources and name it in sources',
  },
  {
    rule: `!(${hasSources}) || ${everyEntry('has(entry.sources) && entry.sources.size() > 0')}`,
    message: 'has a view without sources: name at least one of spec.sources',
  },
  {
    rule: `!(${hasSources}) || ${everyEntry('!has(entry.sources) || entry.sources.all(name, self.sources.exists(source, source.name == name))')}`,
    message: 'has a view that names a source which is not in spec.sources: list it there or take it out',
  },
].map((rule) => ({ ...rule, fieldPath: '.registries' }));

/** Without, each entry is a source as well. */
const inline: readonly ValidationRule[] = [
  {
    rule: `(${hasSources}) || ${everyEntry('!has(entry.sources) || entry.sources.size() == 0')}`,
    message: 'names sources, but there is no spec.sources: list them there',
  },
  {
    rule: `(${hasSources}) || ${everyEntry(`(has(entry.sources) && entry.sources.size() > 0) || ${exactlyOneOf('entry', InlineSourceKind)}`)}`,
    message: `must have exactly one of ${InlineSourceKind.join(', ')} in each entry while there is no spec.sources`,
  },
  {
    rule: `(${hasSources}) || ${everyEntry(`entry.name.matches('${dnsLabel.pattern}')`)}`,
    message: `must have names of ${dnsLabel.expects}`,
  },
].map((rule) => ({ ...rule, fieldPath: '.registries' }));

/** Loopbacks as they are written, which is how the server compares them. */
const secure = "'^(https://|http://([^/?#@]*@)?(localhost|127[.]0[.]0[.]1|[[]::1[]])([:/?#]|$))'";

/** A pod template may set THV_REGISTRY_INSECURE_URL, but CEL sees nothing of it. */
const issuers: readonly ValidationRule[] = [
  {
    rule: [
      'has(self.podTemplateSpec) || !has(self.authConfig)',
      "!has(self.authConfig.mode) || self.authConfig.mode != 'oauth'",
      '!has(self.authConfig.oauth) || !has(self.authConfig.oauth.providers)',
      `self.authConfig.oauth.providers.all(provider, provider.issuerUrl.matches(${secure}))`,
    ].join(' || '),
    message:
      'must have issuers that begin with https://: for a test, set THV_REGISTRY_INSECURE_URL to "true" in the container registry-api of podTemplateSpec',
    fieldPath: '.authConfig.oauth.providers',
  },
];

export const crossFieldRules: readonly ValidationRule[] = [...paths, ...views, ...inline, ...issuers];
