import type { JsonObject } from '../../json.ts';
import { hasAnyOf } from '../common-rules.ts';
import type { Rule } from '../rule.ts';

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
];
