import { Type } from '@sinclair/typebox';
import { describe, type Problem, shorten } from '../../problem.ts';
import { isLabelKey, isLabelKeyInCel, labelKey, labelValue } from '../../text/label-names.ts';
import { type Rule, withRules } from '../rule.ts';
import { TEXT_LIMIT } from './common.ts';

type StringMap = Readonly<Record<string, string>>;

/** The name of a key's value, which may be as long as it likes. */
const entryOf = (field: string, key: string) => `${field}.${shorten(key, 100)}`;

const keysThat = (
  message: string,
  cel: string,
  isRight: (key: string) => boolean,
  found = false,
): Rule<StringMap> => ({
  message,
  cel,
  check: (map, field): readonly Problem[] =>
    Object.keys(map)
      .filter((key) => !isRight(key))
      .map((key) => ({
        field: entryOf(field, key),
        message: found ? `${message}, found ${describe(key)}` : message,
      })),
});

/** The API server refuses an object with another key. */
const keysAreNames = keysThat(
  `must have as a key ${labelKey.expects}`,
  `self.all(key, ${isLabelKeyInCel('key')})`,
  isLabelKey,
  true,
);

/** What Metacontroller and this project write into a child, and read from it again. */
const ours = /^([^/]*[.])?(metacontroller[.]k8s[.]io|metacontroller[.]io|toolhive[.]stacklok[.](dev|io))\//;

const noneIsOurs = keysThat(
  'is an annotation that the hook or Metacontroller sets: remove it',
  `self.all(key, !key.matches('${ours.source.replaceAll('\\/', '/')}'))`,
  (key) => key.length > labelKey.maxLength || !ours.test(key),
);

/** As many as any object has. */
const ANNOTATIONS_LIMIT = 100;

/** Annotations of a child, beside those that are ours. */
export const Annotations = (description: string) =>
  withRules(
    Type.Record(Type.String(), Type.String({ maxLength: TEXT_LIMIT }), {
      description: `${description} Not those of Metacontroller and of ToolHive.`,
      maxProperties: ANNOTATIONS_LIMIT,
    }),
    [keysAreNames, noneIsOurs],
  );

/** What the hook sets and others go by, and what Metacontroller finds its children by. */
const ourLabels = new RegExp(
  `^(app[.]kubernetes[.]io/(component|managed-by|name)|controller-uid|${ours.source.slice(1).replaceAll('\\/', '/')}.*)$`,
);

const noneIsOurLabel = keysThat(
  'is a label that the hook or Metacontroller sets: remove it',
  `self.all(key, !key.matches('${ourLabels.source.replaceAll('\\/', '/')}'))`,
  (key) => key.length > labelKey.maxLength || !ourLabels.test(key),
);

/** As many as a selector needs. */
const LABELS_LIMIT = 20;

/** Labels, all of which an object must have. */
export const Labels = (description: string) =>
  withRules(
    Type.Record(Type.String(), Type.String({ ...labelValue }), {
      description,
      maxProperties: LABELS_LIMIT,
    }),
    [keysAreNames],
  );

/** Labels of a child, beside those that are ours. */
export const LabelsOfChild = (description: string) => withRules(Labels(description), [noneIsOurLabel]);
