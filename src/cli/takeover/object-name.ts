import { dnsSubdomain } from '../../../hooks/text/dns-names.ts';

const pattern = new RegExp(dnsSubdomain.pattern);

/** Whether a text can be the name of an object. */
export const isObjectName = (text: string): boolean =>
  text.length <= dnsSubdomain.maxLength && pattern.test(text);
