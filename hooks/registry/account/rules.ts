import { type JsonObject, objectOf } from '../../json.ts';
import type { Rule } from '../rule.ts';
import type { ServiceAccount } from './schema.ts';

/** An account that somebody else made is not touched. */
const annotationsOfOurs: Rule<ServiceAccount> = {
  field: '.annotations',
  message:
    "can't be combined with name, because a ServiceAccount that exists is left as it is: annotate it yourself, or remove name",
  cel: '!has(self.annotations) || !has(self.name)',
  check: ({ annotations, name }) => annotations === undefined || name === undefined,
};

export const serviceAccountRules: readonly Rule<ServiceAccount>[] = [annotationsOfOurs];

/** The pod template wins: what is said of the account would not be of the pods' account. CEL does not see into free-form fields. */
export const accountAndPodRules: readonly Rule<JsonObject>[] = [
  {
    check: ({ serviceAccount, podTemplateSpec }, field) => {
      if (serviceAccount === undefined) return [];
      const pod = objectOf(objectOf(podTemplateSpec)['spec']);
      return ['serviceAccountName', 'serviceAccount']
        .filter((name) => pod[name] !== undefined && pod[name] !== objectOf(serviceAccount)['name'])
        .map((name) => ({
          field: `${field}.podTemplateSpec.spec.${name}`,
          message: `can't be combined with ${field}.serviceAccount: name the account there, as name`,
        }));
    },
  },
];
