const label = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const registry = `(?:${label}(?:\\.${label})*(?::[0-9]+)?/)?`;
const part = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const tag = ':[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const digest = '@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';

/** `[registry[:port]/]path[:tag][@digest]` with a tag or a digest (distribution/reference: regexp.go). */
export const imageReference = `^${registry}${part}(?:/${part})*(?:${tag}(?:${digest})?|${digest})$`;
