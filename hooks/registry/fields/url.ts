import { Type } from '@sinclair/typebox';
import { textRule } from '../common-rules.ts';
import { withRules } from '../rule.ts';

/**
 * An absolute URL as Go reads it (https://pkg.go.dev/net/url#Parse): user information of some characters, a host
 * without spaces, a port of digits, each `%` an escape. WHATWG's parser, which JavaScript has, corrects what Go refuses.
 */
const goUrl =
  /^https?:\/\/(?:(?:[\w.~:!$&'()*+,;=@-]|%[0-9a-fA-F]{2})*@)?(\[[0-9a-fA-F:.]+\]|[^\s/?#@:[\]\\%<>"^{|}`]+)(:[0-9]*)?(\/([^\s?#%\\]|%[0-9a-fA-F]{2})*)?(\?[^\s#]*)?(#([^\s%]|%[0-9a-fA-F]{2})*)?$/;

/** The same in CEL. Its function `isURL` would refuse a fragment right behind the host. */
const isGoUrl = (variable: string) =>
  String.raw`${variable}.matches(r'^https?://(?:(?:[0-9A-Za-z_.~:!$&\x27()*+,;=@-]|%[0-9a-fA-F]{2})*@)?([[][0-9a-fA-F:.]+[]]|[^\s/?#@:[\]\\%<>"^{|}\x60]+)(:[0-9]*)?(/([^\s?#%\\]|%[0-9a-fA-F]{2})*)?([?][^\s#]*)?(#([^\s%]|%[0-9a-fA-F]{2})*)?$')`;

/**
 * The rule that a text is an absolute URL.
 *
 * @param variable how the text is called in CEL
 */
export const absoluteUrl = (variable = 'self') =>
  textRule('must be an absolute URL with a host and no spaces', isGoUrl(variable), (url) => goUrl.test(url));

/** The host of a URL as it is written, in which the server looks for a loopback; undefined if it is no absolute URL. */
export const hostOf = (url: string): string | undefined => goUrl.exec(url)?.[1];

/** As much of a URL as is read, which is the longest that typed fields take. Those of `configYAML` have no limit. */
const URL_LIMIT = 2048;

/** The scheme and the port of a URL: the host has no `@`, so that one is never read twice. */
const authority =
  /^(https?|git|ssh):\/\/(?:[^/?#]*@)?(?:\[[0-9a-fA-F:.]+\]|[^\s/?#@:[\]\\]+)(?::([0-9]{0,5}))?(?:[/?#]|$)/;

/** The ports of URLs that name none. What answers at that of http mostly sends its callers on to that of https. */
const defaultPorts: Readonly<Record<string, readonly number[]>> = {
  https: [443],
  http: [80, 443],
  git: [9418],
  ssh: [22],
};

/** The TCP ports that a call of a URL connects to; undefined if it has none that is known. */
export function portsOfUrl(url: string): readonly number[] | undefined {
  if (url.length > URL_LIMIT) return undefined;
  const [, scheme = '', port = ''] = authority.exec(url) ?? [];
  if (port === '') return defaultPorts[scheme];
  const number = Number(port);
  return number >= 1 && number <= 65_535 ? [number] : undefined;
}

/** An http or https URL. */
export const HttpUrl = (description: string) =>
  Type.String({
    description,
    pattern: '^https?://.+',
    maxLength: URL_LIMIT,
    expects: 'a URL that starts with http:// or https://',
  });

/** An http or https URL that the server reads as soon as it starts. */
export const AbsoluteUrl = (description: string) => withRules(HttpUrl(description), [absoluteUrl()]);
