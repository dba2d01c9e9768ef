import { describe } from '../../problem.ts';
import { exactlyOneOf } from '../common-rules.ts';
import type { Rule } from '../rule.ts';

/** Exactly one way, or it would not be plain which one the status speaks of. */
export const oneWay = exactlyOneOf(['httpRoute', 'ingress']);

const address = /^[0-9]+(\.[0-9]+){3}$/;

/**
 * The rule that no host is an IP address, which neither kind takes although it looks like a domain name (kubernetes:
 * pkg/apis/networking/validation/validation.go, validateIngressRules; gateway-api v1.4.0: apis/v1/shared_types.go, Hostname).
 *
 * @param field of the hosts
 */
export const noAddresses = <F extends string>(field: F): Rule<{ readonly [K in F]?: readonly string[] }> => ({
  field: `.${field}`,
  message: 'has an IP address: name the domain that leads there',
  cel: `!has(self.${field}) || !self.${field}.exists(host, host.matches('^[0-9]+([.][0-9]+){3}$'))`,
  check: (value, parent) =>
    (value[field] ?? []).flatMap((host, index) =>
      address.test(host)
        ? [
            {
              field: `${parent}.${field}[${index}]`,
              message: `must not be an IP address, found ${describe(host)}: name the domain that leads there`,
            },
          ]
        : [],
    ),
});

const CLASS = 'kubernetes.io/ingress.class';

/** The API server creates no Ingress where the two differ (kubernetes: pkg/apis/networking/validation, ValidateIngressCreate). */
export const oneClass: Rule<{
  readonly className?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}> = {
  field: '.className',
  message: `can't be combined with the annotation ${CLASS}: remove the annotation`,
  cel: `!has(self.className) || !has(self.annotations) || !('${CLASS}' in self.annotations)`,
  check: ({ className, annotations = {} }) => className === undefined || !Object.hasOwn(annotations, CLASS),
};
