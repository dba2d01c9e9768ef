import { structuredPatch } from 'diff';
import type { Io } from '../io.ts';
import { printable } from '../output/printable.ts';
import { type Style, styleFor } from '../output/style.ts';
import { writeYaml } from '../output/write-yaml.ts';
import type { ChildChange, Comparison } from './compare-registries.ts';

/** How many reasons and problems are listed. */
const LISTED = 5;

/** More lines than this that are not the same are not worth reading, and take long to be found. */
const EDIT_LIMIT = 1000;

/** A paragraph for each registry that does not stay the same: what becomes of it and of its pods, and its children's lines. */
export function comparisonsAsText(
  comparisons: readonly Comparison[],
  io: Pick<Io, 'out' | 'environment'>,
): string {
  const style = styleFor(io.out, io);
  return comparisons
    .filter(({ change }) => change !== 'same')
    .map((each) => {
      const patches = each.change === 'edited' ? each.children.map((child) => patchOf(child, style)) : [];
      return `${headingOf(each, style)}${patches.join('')}`;
    })
    .join('\n');
}

function headingOf(comparison: Comparison, style: Style): string {
  const title = style('bold', printable(`MCPRegistry ${comparison.namespace}/${comparison.name}`));
  return `${title} ${summaryOf(comparison)}\n`;
}

/** The rest of a sentence that begins with the registry. */
function summaryOf({ change, children, rollsPods, because, problems }: Comparison): string {
  if (problems.length > 0) {
    const news = problems.filter((problem) => problem.of === 'new');
    const what =
      news.length > 0
        ? 'is invalid, and what runs would be left as it is'
        : 'was invalid before, and what runs is not known';
    const listed = (news.length > 0 ? news : problems).map(
      ({ field, message }) => `\n  ${printable(`${field}: ${message}`)}`,
    );
    return `${what}:${some(listed, '', `\n  and ${listed.length - LISTED} more`)}`;
  }
  const kinds = children.map(({ kind }) => kind).join(', ');
  if (change === 'new') return `is new: ${kinds}. Its pods start`;
  if (change === 'gone') return `is gone: ${kinds} would be deleted with it`;
  const changed = `changes ${kinds}`;
  if (!rollsPods) return `${changed}\nrolls the pods: no, the pod template stays the same`;
  return `${changed}\nrolls the pods: yes, because ${some(because.map(printable), '; ', `; and ${because.length - LISTED} more`)}`;
}

const some = (words: readonly string[], between: string, more: string): string =>
  `${words.slice(0, LISTED).join(between)}${words.length > LISTED ? more : ''}`;

/** The lines of a child that are not the same, as a unified diff. */
function patchOf(child: ChildChange, style: Style): string {
  const title = printable(`${child.kind} ${child.name}`);
  const [old, now] = [child.old, child.new].map((each) => (each ? writeYaml(each) : ''));
  const patch = structuredPatch(title, title, old ?? '', now ?? '', undefined, undefined, {
    context: 3,
    maxEditLength: EDIT_LIMIT,
  });
  const heading = `${style('red', `--- ${child.old ? title : '/dev/null'}`)}\n${style('green', `+++ ${child.new ? title : '/dev/null'}`)}\n`;
  if (patch === undefined) return `${heading}(more than ${EDIT_LIMIT} lines are not the same)\n`;
  const hunks = patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => {
    const head = style('cyan', `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`);
    return [head, ...lines.map((line) => colouredLine(printable(line), style))]
      .map((line) => `${line}\n`)
      .join('');
  });
  return `${heading}${hunks.join('')}`;
}

function colouredLine(line: string, style: Style): string {
  if (line.startsWith('-')) return style('red', line);
  return line.startsWith('+') ? style('green', line) : line;
}

/** All comparisons as JSON, also of registries that stay the same. */
export function comparisonsAsJson(comparisons: readonly Comparison[]): string {
  const registries = comparisons.map(({ children, rollsPods = null, ...rest }) => ({
    ...rest,
    rollsPods,
    children: children.map(({ kind, name, old, new: now, differences }) => ({
      kind,
      name,
      change: old === undefined ? 'new' : now === undefined ? 'gone' : 'edited',
      differences,
    })),
  }));
  return `${JSON.stringify({ registries }, null, 2)}\n`;
}
