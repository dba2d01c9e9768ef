import { type Static, Type } from '@sinclair/typebox';
import { shorten } from '../../problem.ts';
import { isLabelKey, labelKey, labelValue } from '../../text/label-names.ts';
import { ClosedObject, List, OneOf } from '../fields/common.ts';
import { Labels } from '../fields/string-maps.ts';
import { type Rule, withRules } from '../rule.ts';

/** As many of each as a selector needs. */
const LIMIT = 20;

const Expression = ClosedObject({
  key: Type.String({ ...labelKey }),
  operator: OneOf(['In', 'NotIn', 'Exists', 'DoesNotExist']),
  values: Type.Optional(List(Type.String({ ...labelValue }), { maxItems: LIMIT })),
});
type Expression = Static<typeof Expression>;

/** apimachinery: pkg/apis/meta/v1/validation/validation.go. */
const expressionsFit: Rule<readonly Expression[]> = {
  check: (expressions, field) =>
    expressions.flatMap(({ key, operator, values = [] }, index) => {
      if (!isLabelKey(key)) {
        const message = `must be ${labelKey.expects}, found "${shorten(key, 60)}"`;
        return [{ field: `${field}[${index}].key`, message }];
      }
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
export const Selector = ClosedObject({
  matchLabels: Type.Optional(Labels),
  matchExpressions: Type.Optional(withRules(List(Expression, { maxItems: LIMIT }), [expressionsFit])),
});
export type Selector = Static<typeof Selector>;
