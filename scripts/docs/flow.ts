/** A box of the picture: its corner, size and lines of text, the first in bold. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly string[];
  /** Whether this project is what the box shows. */
  readonly own?: boolean;
}

/** An arrow between two points, with lines of text centred above (or, from a given point on, below) it. */
interface Arrow {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  readonly text: readonly string[];
  /** Centre of the first line of text. */
  readonly at: readonly [x: number, y: number];
}

const WIDTH = 860;
const HEIGHT = 346;
const LINE_HEIGHT = 18;

const boxes: readonly Box[] = [
  { x: 20, y: 24, width: 150, height: 80, lines: ['You', 'kubectl or GitOps'] },
  { x: 290, y: 24, width: 150, height: 80, lines: ['API server', 'MCPRegistry'] },
  { x: 580, y: 24, width: 160, height: 80, lines: ['Metacontroller', 'holds the rights'] },
  {
    x: 580,
    y: 222,
    width: 160,
    height: 100,
    lines: ['mcpregistry-hook', 'no rights, no state'],
    own: true,
  },
  {
    x: 265,
    y: 222,
    width: 200,
    height: 100,
    lines: ['Six children', 'ConfigMap, ServiceAccount,', 'Role, RoleBinding,', 'Deployment, Service'],
  },
  { x: 20, y: 222, width: 150, height: 100, lines: ['Registry server', 'pods of the', 'Deployment'] },
];

const arrows: readonly Arrow[] = [
  { from: [170, 64], to: [288, 64], text: ['apply'], at: [229, 56] },
  { from: [440, 50], to: [578, 50], text: ['watch'], at: [509, 42] },
  { from: [580, 82], to: [442, 82], text: ['apply children,', 'write status'], at: [510, 102] },
  {
    from: [690, 104],
    to: [690, 220],
    text: ['POST /sync:', 'the registry and', 'its children'],
    at: [752, 146],
  },
  { from: [630, 222], to: [630, 106], text: ['desired', 'children', 'and status'], at: [590, 146] },
  { from: [365, 104], to: [365, 220], text: ['stores'], at: [392, 166] },
  { from: [265, 272], to: [172, 272], text: ['run'], at: [219, 264] },
];

/**
 * The picture of the README: who calls whom. Text takes its colour from the theme of the reader, so that it can be
 * read on light and on dark ground.
 *
 * @returns an SVG document
 */
export function drawFlow(): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title">`,
    '  <title id="title">You apply an MCPRegistry; Metacontroller watches it, asks mcpregistry-hook which children it should have, applies them and writes the status</title>',
    '  <!-- Written by `npm run generate` from scripts/docs/flow.ts. -->',
    '  <style>',
    '    text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; text-anchor: middle }',
    '    .title { font-weight: 600; font-size: 14px }',
    '    .box { fill: #f6f8fa; stroke: #59636e; stroke-width: 1.5 }',
    '    .own { fill: #ddf4ff; stroke: #0969da; stroke-width: 2 }',
    '    .arrow { stroke: #59636e; stroke-width: 1.5; fill: none }',
    '    .head { fill: #59636e }',
    '    @media (prefers-color-scheme: dark) {',
    '      text { fill: #f0f6fc }',
    '      .box { fill: #151b23; stroke: #9198a1 }',
    '      .own { fill: #121d2f; stroke: #4493f8 }',
    '      .arrow { stroke: #9198a1 }',
    '      .head { fill: #9198a1 }',
    '    }',
    '  </style>',
    '  <defs>',
    '    <marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">',
    '      <path class="head" d="M 0 0 L 10 5 L 0 10 z"/>',
    '    </marker>',
    '  </defs>',
    ...boxes.flatMap(drawBox),
    ...arrows.flatMap(drawArrow),
    '</svg>',
    '',
  ].join('\n');
}

function drawBox({ x, y, width, height, lines, own }: Box): string[] {
  const first = y + height / 2 - ((lines.length - 1) * LINE_HEIGHT) / 2 + 5;
  return [
    `  <rect class="box${own ? ' own' : ''}" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>`,
    ...lines.map((line, index) =>
      text(line, x + width / 2, first + index * LINE_HEIGHT, index === 0 ? 'title' : undefined),
    ),
  ];
}

function drawArrow({ from, to, text: lines, at: [x, y] }: Arrow): string[] {
  return [
    `  <path class="arrow" marker-end="url(#head)" d="M ${from.join(' ')} L ${to.join(' ')}"/>`,
    ...lines.map((line, index) => text(line, x, y + index * LINE_HEIGHT)),
  ];
}

const text = (line: string, x: number, y: number, style?: string) =>
  `  <text${style === undefined ? '' : ` class="${style}"`} x="${x}" y="${y}">${escapeXml(line)}</text>`;

const escapeXml = (line: string) =>
  line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
