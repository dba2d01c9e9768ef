import { type Static, Type } from '@sinclair/typebox';
import { labelKey, labelValue } from '../../text/label-names.ts';
import { List, OneOf, SpecObject } from '../fields/common.ts';
import { Labels } from '../fields/string-maps.ts';
import { type Rule, withRules } from '../rule.ts';

/** As many of each as a selector needs. */
const LIMIT = 20;

const Expression = SpecObject({
  key: Type.String({ ...labelKey }),
  operator: OneOf(['In', 'NotIn', 'Exists', 'DoesNotExist']),
  values: Type.Optional(List(Type.String({ ...labelValue }), { maxItems: LIMIT })),
});
type Expression = Static<typeof Expression>;

/** apimachinery: pkg/apis/meta/v1/validation/validation.go. */
const valuesFit: Rule<readonly Expression[]> = {
  check: (expressions, field) =>
    expressions.flatMap(({ operator, values = [] }, index) => {
      const needsValues = operator === 'In' || operator === 'NotIn';
      if (needsValues === values.length > 0) return [];
      return [
        {
          field: `${field}[${index}].values`,
          message: needsValues
            ? `is required with ${operator}: list at least one value`
            : `has no meaning with ${operator}: remove it`,
        },
      ];
    }),
};

/** A label selector, as Kubernetes has it. */
export const Selector = SpecObject({
  matchLabels: Type.Optional(Labels),
  matchExpressions: Type.Optional(withRules(List(Expression, { maxItems: LIMIT }), [valuesFit])),
});
export type Selector = Static<typeof Selector>;
