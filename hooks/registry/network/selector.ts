import { type Static, Type } from '@sinclair/typebox';
import { labelKey, labelValue } from '../../text/label-names.ts';
import { List, OneOf, SpecObject } from '../fields/common.ts';
import { Labels } from '../fields/string-maps.ts';
import { type Rule, withRules } from '../rule.ts';

/** As many of each as a selector needs. */
const LIMIT = 20;

const Expression = SpecObject(
  {
    key: Type.String({ description: 'Key of the label.', ...labelKey }),
    operator: OneOf(['In', 'NotIn', 'Exists', 'DoesNotExist'], {
      description: 'How the label has to be related to the values.',
    }),
    values: Type.Optional(
      List(Type.String({ ...labelValue }), {
        description: 'Values for In and NotIn, at least one; none for the others.',
        maxItems: LIMIT,
      }),
    ),
  },
  { description: 'A condition on one label.' },
);
type Expression = Static<typeof Expression>;

/** apimachinery: pkg/apis/meta/v1/validation/validation.go. */
const valuesFit: Rule<readonly Expression[]> = {
  message: 'must have values with In and NotIn, and none with Exists and DoesNotExist',
  cel: "self.all(one, (one.operator in ['In', 'NotIn']) == (has(one.values) && one.values.size() > 0))",
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
export const Selector = (description: string) =>
  SpecObject(
    {
      matchLabels: Type.Optional(Labels('Labels that must be there, all of them.')),
      matchExpressions: Type.Optional(
        withRules(
          List(Expression, { description: 'Conditions that must hold, all of them.', maxItems: LIMIT }),
          [valuesFit],
        ),
      ),
    },
    { description },
  );
export type Selector = Static<ReturnType<typeof Selector>>;
