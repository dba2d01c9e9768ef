/**
 * Keys of labels and annotations, and values of labels, as Kubernetes defines them
 * (apimachinery: pkg/api/validate/content/kube.go). The patterns have the same meaning to JavaScript and to CEL.
 */

const SUBDOMAIN = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?([.][a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*';
const NAME = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';

/** A name, after a DNS subdomain and a slash where it has an owner: `example.com/name`. */
export const labelKey = {
  pattern: `^(${SUBDOMAIN}/)?${NAME}$`,
  /** A subdomain, a slash and a name. */
  maxLength: 253 + 1 + 63,
  expects:
    'a name of at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends, behind a domain in lower case and "/" if it has one',
} as const;

/** The value of a label. */
export const labelValue = {
  pattern: `^(${NAME})?$`,
  maxLength: 63,
  expects: 'at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends',
} as const;

const key = new RegExp(labelKey.pattern);

/** Whether a text is the key of a label or of an annotation. */
export const isLabelKey = (text: string): boolean =>
  text.length <= labelKey.maxLength && text.indexOf('/') <= 253 && key.test(text);

/** The same in CEL. */
export const isLabelKeyInCel = (variable: string): string =>
  `${variable}.size() <= ${labelKey.maxLength} && ${variable}.matches('${labelKey.pattern}')`;
