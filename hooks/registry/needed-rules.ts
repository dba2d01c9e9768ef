import type { Rule } from './rule.ts';
import type { KeyRef } from './secret-files.ts';

const message = 'must not be true, because the server does not run without it: remove it';

/** A reference to what the server ends without at start, or never gets ready without. */
export const isNeeded: Rule<KeyRef> = {
  field: '.optional',
  message,
  cel: '!has(self.optional) || !self.optional',
  check: ({ optional }) => !optional,
};

/**
 * The same of one field of an object.
 *
 * @param variable how the object is called in CEL
 */
export const neededField = <F extends string>(name: F, variable = 'self') => ({
  field: `.${name}.optional`,
  message,
  cel: `!has(${variable}.${name}) || !has(${variable}.${name}.optional) || !${variable}.${name}.optional`,
  check: (object: { readonly [K in F]?: KeyRef }) => !object[name]?.optional,
});
