import { describe, shorten } from '../../problem.ts';
import { isLabelKey, isLabelKeyInCel, labelKey } from '../../text/label-names.ts';
import { textRule } from '../common-rules.ts';
import type { Rule } from '../rule.ts';

/** Prometheus takes 0 for its own interval (prometheus: config/config.go, ScrapeConfig.Validate). */
export const longerThanZero = textRule(
  'must be longer than 0, such as 30s',
  "self.matches('[1-9]')",
  (text) => /[1-9]/.test(text),
);

type LabelMap = Readonly<Record<string, string>>;

/** A rule about each key of a map. A key may be of any length, and the name of its field has a part of it. */
const keyRule = (
  message: string,
  cel: string,
  holds: (key: string) => boolean,
  messageOf: (key: string) => string,
): Rule<LabelMap> => ({
  message,
  cel: `self.all(key, ${cel})`,
  check: (labels, field) =>
    Object.keys(labels)
      .filter((key) => !holds(key))
      .map((key) => ({ field: `${field}.${shorten(key, 100)}`, message: messageOf(key) })),
});

const validKeys = keyRule(
  `must have valid keys: ${labelKey.expects}`,
  isLabelKeyInCel('key'),
  isLabelKey,
  (key) => `must be the key of a label, found ${describe(key)}: ${labelKey.expects}`,
);

/** What the hook sets and others go by, and what Metacontroller finds its children by. */
const reserved =
  '^(app[.]kubernetes[.]io/(component|managed-by|name)|toolhive[.]stacklok[.](dev|io)/.*|([^/]*[.])?metacontroller[.](k8s[.])?io/.*|controller-uid)$';
const isReserved = new RegExp(reserved);
const remove = 'is set by the hook or by Metacontroller: remove it';

const noneReserved = keyRule(
  `has a label that ${remove}`,
  `!key.matches('${reserved}')`,
  (key) => key.length > labelKey.maxLength || !isReserved.test(key),
  () => remove,
);

/** The API server refuses another key, and a label of ours would be overwritten. */
export const labelRules: readonly Rule<LabelMap>[] = [validKeys, noneReserved];
