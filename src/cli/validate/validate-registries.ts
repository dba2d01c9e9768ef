import type { Defaults } from '../../../hooks/context.ts';
import type { Child } from '../../../hooks/contract/answer.ts';
import { buildDesired } from '../../../hooks/desired.ts';
import type { Identity } from '../../../hooks/identity.ts';
import { objectOf } from '../../../hooks/json.ts';
import type { Problem } from '../../../hooks/problem.ts';
import { isPodTemplateProblem } from '../../../hooks/status/assess.ts';
import { dnsLabel, dnsSubdomain, isDnsLabel } from '../../../hooks/text/dns-names.ts';
import { requestFor } from '../hook-request.ts';
import { type InputObject, isOfGroup } from '../input/read-input.ts';
import { AcrossFiles } from './across-files.ts';
import type { Finding, FindingReason } from './finding.ts';
import { unknownFields } from './unknown-fields.ts';

/** How many errors of a registry are listed; whoever made more has made one mistake many times. */
const LISTED = 100;

/**
 * All that is wrong with some registries, and all warnings, in the order of the input.
 *
 * @param others all other objects of the input
 */
export function validateRegistries(
  registries: readonly InputObject[],
  others: readonly InputObject[],
  defaults: Defaults,
): Finding[] {
  const checked = registries.map((registry) => ({ registry, ...check(registry, defaults) }));
  const across = new AcrossFiles(checked, others);
  return checked.flatMap((one) => {
    const { registry, problems, warnings } = one;
    const found = [
      ...problems.map((problem) => ({ level: 'error', ...problem }) as const),
      ...[...warnings, ...across.warningsOf(one)].map(
        (warning) => ({ level: 'warning', ...warning }) as const,
      ),
    ];
    const about = { namespace: registry.namespace, name: registry.name };
    return found
      .map((each) => ({ ...each, registry: about, place: placeOf(registry, each) }))
      .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  });
}

interface Reasoned extends Problem {
  readonly reason: FindingReason;
}

interface Checked {
  readonly problems: readonly Reasoned[];
  readonly warnings: readonly Reasoned[];
  /** None if they are not known. */
  readonly children: readonly Child[];
}

/** What can be said of a registry alone. */
function check(registry: InputObject, defaults: Defaults): Checked {
  const { problems: wrong = [] } = requestFor(registry);
  const named = nameProblems(registry).filter(({ field }) => wrong.every((other) => other.field !== field));
  const invalid = [...wrong, ...named].map((problem) => ({ ...problem, reason: 'InvalidObject' }) as const);
  // The kind of another group has a spec of its own.
  if (!isOfGroup(registry.apiVersion)) return { problems: invalid, warnings: [], children: [] };
  const unknown = unknownFields(registry.object, LISTED).map(
    (problem) => ({ ...problem, reason: 'UnknownField' }) as const,
  );
  const desired = buildDesired(validIdentity(registry), registry.object['spec'], defaults);
  const refused = (desired.problems ?? []).map((problem) => ({
    ...problem,
    reason: isPodTemplateProblem(problem) ? ('InvalidPodTemplateSpec' as const) : ('InvalidSpec' as const),
  }));
  // Without its names, nothing is known of its children.
  if (invalid.length > 0) {
    return { problems: shortened([...invalid, ...refused, ...unknown]), warnings: [], children: [] };
  }
  return {
    problems: shortened([...refused, ...unknown]),
    warnings: desired.warnings ?? [],
    children: desired.children?.all ?? [],
  };
}

/** Names that the API server refuses; those that it takes, and the hook does not, are told by the hook. */
function nameProblems({ object, name, namespace }: InputObject): Problem[] {
  const written = objectOf(object['metadata'])['namespace'] ?? '';
  return [
    ...(isSubdomain(name)
      ? []
      : [{ field: 'metadata.name', message: `must be ${dnsSubdomain.expects}: correct it` }]),
    ...(typeof written === 'string'
      ? []
      : [{ field: 'metadata.namespace', message: 'must be a text: write it in quotes' }]),
    ...(isDnsLabel(namespace)
      ? []
      : [{ field: 'metadata.namespace', message: `must be ${dnsLabel.expects}: correct it` }]),
  ];
}

/** What a spec is judged with: names that are wrong have problems of their own. */
const validIdentity = ({ name, namespace }: InputObject): Identity => ({
  name: isSubdomain(name) ? name : 'registry',
  namespace: isDnsLabel(namespace) ? namespace : 'default',
});

const isSubdomain = (name: string) => name.length <= dnsSubdomain.maxLength && subdomain.test(name);

const subdomain = new RegExp(dnsSubdomain.pattern);

function shortened(problems: readonly Reasoned[]): readonly Reasoned[] {
  const more = problems.length - LISTED;
  const last = problems[LISTED - 1];
  if (more <= 0 || last === undefined) return problems;
  const rest = { ...last, message: `${last.message}; and there are ${more} more: correct these first` };
  return [...problems.slice(0, LISTED - 1), rest];
}

/**
 * Where a finding is. A field of `configYAML` is named behind a colon, and what is no YAML at all by its line and column
 * (hooks/registry/raw-config.ts).
 */
function placeOf(registry: InputObject, { field, message }: Problem): Finding['place'] {
  // A finding about several fields is where the first of them is.
  const [first = ''] = field.split(/, | and /, 1);
  const [outer = '', inner] = first.split(': ');
  const [, line, column] = /^must be YAML: line (\d+), column (\d+):/.exec(message) ?? [];
  if (inner !== undefined) return registry.placeInText(outer, inner);
  if (line !== undefined) return registry.placeInText(outer, { line: Number(line), column: Number(column) });
  return registry.placeOf(outer);
}
