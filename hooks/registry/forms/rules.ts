import { type JsonObject, objectOf, objectsOf } from '../../json.ts';
import { hasAnyOf } from '../common-rules.ts';
import type { Rule } from '../rule.ts';
import { hasDefaultSource } from './inline-form.ts';

const lists = ['sources', 'registries'] as const;

const message = (names: readonly string[]) =>
  `can't be combined with ${names.join(' and ')}: keep either the one source or the lists`;

/** A spec has one source, or lists. They are about the whole spec, of which nothing is known. */
export const formRules: readonly Rule<JsonObject>[] = [
  {
    field: '.source',
    message: message(lists),
    cel: `!has(self.source) || !(${hasAnyOf('self', lists)})`,
    check: (spec, field) => {
      const set = lists.filter((name) => spec[name] !== undefined);
      return spec['source'] === undefined || set.length === 0
        ? []
        : [{ field: `${field}.source`, message: message(set.map((name) => `${field}.${name}`)) }];
    },
  },
  {
    // CEL does not see into a pod template (toolhive-registry-server: internal/kubernetes/builder.go, GetConfigOrDie).
    check: (spec, field) => {
      const { podTemplateSpec, sources } = spec;
      const { automountServiceAccountToken } = objectOf(objectOf(podTemplateSpec)['spec']);
      if (automountServiceAccountToken !== false) return [];
      const isDefault = hasDefaultSource(spec);
      if (!isDefault && !objectsOf(sources).some(({ kubernetes }) => kubernetes !== undefined)) return [];
      const other = isDefault ? 'set spec.defaultSource to false' : 'remove the kubernetes source';
      return [
        {
          field: `${field}.podTemplateSpec.spec.automountServiceAccountToken`,
          message: `must not be false with a kubernetes source, because the server ends at start without a token: remove it, or ${other}`,
        },
      ];
    },
  },
];
