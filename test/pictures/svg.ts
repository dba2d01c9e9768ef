/** Lines that can be told apart on light and on dark ground, by colour-blind readers as well. */
export const colours = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#d55e00',
  '#56b4e9',
  '#8a6d00',
  '#7b61ff',
] as const;

export const escapeXml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** For whoever can't see it. */
  readonly title: string;
  /** Rules of CSS besides those of text and ground. */
  readonly styles?: readonly string[];
  readonly content: readonly string[];
}

/** A picture whose text and ground follow the theme of the reader. */
export function svg({ width, height, title, styles = [], content }: Picture): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `  <title id="title">${escapeXml(title)}</title>`,
    '  <!-- Written by `npm run pictures`. -->',
    '  <style>',
    '    text { font: 11px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }',
    '    .ground { fill: #f6f8fa; stroke: #d1d9e0 }',
    '    .faint { fill: #59636e }',
    '    .rule { stroke: #d1d9e0; fill: none }',
    ...styles.map((style) => `    ${style}`),
    '    @media (prefers-color-scheme: dark) {',
    '      text { fill: #f0f6fc }',
    '      .ground { fill: #151b23; stroke: #3d444d }',
    '      .faint { fill: #9198a1 }',
    '      .rule { stroke: #3d444d }',
    '    }',
    '  </style>',
    ...content.map((line) => `  ${line}`),
    '</svg>',
    '',
  ].join('\n');
}
