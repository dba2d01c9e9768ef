import { Type } from '@sinclair/typebox';
import { type Problem, shorten } from '../../problem.ts';
import { isLabelKey, isLabelKeyInCel, labelKey, labelValue } from '../../text/label-names.ts';
import { type Rule, withRules } from '../rule.ts';
import { TEXT_LIMIT } from './common.ts';

type StringMap = Readonly<Record<string, string>>;

/**
 * A rule about the keys of a map.
 *
 * @param message about the map, for the CRD
 * @param ofKey about a key that breaks it, which is part of the field
 */
const keyRule = (
  message: string,
  ofKey: string,
  cel: string,
  isRight: (key: string) => boolean,
): Rule<StringMap> => ({
  message,
  cel: `self.all(key, ${cel})`,
  check: (map, field): readonly Problem[] =>
    Object.keys(map)
      .filter((key) => !isRight(key))
      .map((key) => ({ field: `${field}.${shorten(key, 100)}`, message: ofKey })),
});

/** The API server refuses an object with another key. */
const keysAreNames = keyRule(
  'has a key that no annotation and no label may have',
  `must have as its key ${labelKey.expects}`,
  isLabelKeyInCel('key'),
  isLabelKey,
);

/** What Metacontroller and this project write into a child, and read from it again. */
const ours = '^([^/]*[.])?(metacontroller[.]k8s[.]io|metacontroller[.]io|toolhive[.]stacklok[.](dev|io))/';

/** @param pattern of keys that a user may not set */
function noneIsReserved(what: string, pattern: string) {
  const reserved = new RegExp(pattern);
  return keyRule(
    `has ${what} that the hook or Metacontroller sets: remove it`,
    `is ${what} that the hook or Metacontroller sets: remove it`,
    `!key.matches('${pattern}')`,
    (key) => !reserved.test(key.slice(0, labelKey.maxLength)),
  );
}

/** As many as any object has. */
const ANNOTATIONS_LIMIT = 100;

/** Annotations of a child, beside those that are ours. */
export const Annotations = (description: string) =>
  withRules(
    Type.Record(Type.String(), Type.String({ maxLength: TEXT_LIMIT }), {
      description: `${description} Not those of Metacontroller and of ToolHive.`,
      maxProperties: ANNOTATIONS_LIMIT,
    }),
    [keysAreNames, noneIsReserved('an annotation', ours)],
  );

/** What the hook sets and others go by, and what Metacontroller finds its children by. */
const ourLabels = `^app[.]kubernetes[.]io/(component|managed-by|name)$|^controller-uid$|${ours}`;

/** As many as a selector needs. */
const LABELS_LIMIT = 20;

/** Labels, all of which an object must have. */
export const Labels = withRules(
  Type.Record(Type.String(), Type.String({ ...labelValue }), { maxProperties: LABELS_LIMIT }),
  [keysAreNames],
);

/** Labels of a child, beside those that are ours. */
export const LabelsOfChild = (description: string) =>
  withRules(
    Type.Record(Type.String(), Type.String({ ...labelValue }), {
      description,
      maxProperties: LABELS_LIMIT,
    }),
    [keysAreNames, noneIsReserved('a label', ourLabels)],
  );
