import type { Command } from 'commander';
import { defaultsFrom } from '../defaults.ts';
import { compareRegistries } from '../diff/compare-registries.ts';
import { comparisonsAsJson, comparisonsAsText } from '../diff/write-diff.ts';
import { ExitCode } from '../exit-code.ts';
import { type InputObject, isRegistry, locate, readInput, sayPassedOver } from '../input/read-input.ts';
import { InputBudget } from '../input/read-texts.ts';
import { type Io, say } from '../io.ts';
import { collect, filesOption, type InputFlags, namespaceOption, outputOption } from '../options.ts';
import type { AddCommand } from '../program.ts';

interface DiffFlags extends InputFlags {
  readonly against: readonly string[];
  readonly output: 'text' | 'json';
}

/** `diff`: what an edit changes, and whether it replaces the pods. */
export const addDiff: AddCommand = (program: Command, io, action) => {
  program
    .command('diff')
    .summary('show what an edit changes, and whether it rolls the pods')
    .description(
      'Compares the children of each MCPRegistry with those that it had before, and says whether the change rolls its pods, and why. The exit code is 1 if something changes.',
    )
    .addOption(filesOption('the MCPRegistries as they are to be'))
    .requiredOption('--against <path>', 'the MCPRegistries as they are now; as -f', collect)
    .addOption(namespaceOption())
    .addOption(outputOption(['text', 'json']))
    .addHelpText(
      'after',
      '\nExample:\n  mcpregistry-hook diff -f registry.yaml --against registry.before.yaml',
    )
    .action(action((flags: DiffFlags) => diff(flags, io)));
};

async function diff(flags: DiffFlags, io: Io): Promise<ExitCode> {
  const defaults = defaultsFrom(io);
  const budget = new InputBudget();
  const news = await readInput({ files: flags.file, namespace: flags.namespace }, io, budget);
  const olds = await readInput({ files: flags.against, namespace: flags.namespace }, io, budget);
  const comparisons = compareRegistries(byName(news.objects, io), byName(olds.objects, io), defaults);

  io.out.write(flags.output === 'json' ? comparisonsAsJson(comparisons) : comparisonsAsText(comparisons, io));
  const rest = [...news.objects, ...olds.objects].filter((object) => !isRegistry(object));
  sayPassedOver(io, rest, news.others + olds.others);
  const same = comparisons.filter(({ change }) => change === 'same').length;
  say(io, `compared ${comparisons.length}: ${comparisons.length - same} differ, ${same} stay the same`);
  return same < comparisons.length ? ExitCode.findings : ExitCode.fine;
}

/** The registries by namespace and name. */
function byName(objects: readonly InputObject[], io: Io): Map<string, InputObject> {
  const registries = new Map<string, InputObject>();
  const replaced = new Set<InputObject>();
  for (const registry of objects.filter(isRegistry)) {
    const key = `${registry.namespace}/${registry.name}`;
    const before = registries.get(key);
    if (before) replaced.add(before);
    registries.set(key, registry);
  }
  locate(objects, replaced);
  for (const { namespace, name, placeOf } of replaced) {
    const { file, line } = placeOf();
    say(
      io,
      `MCPRegistry ${namespace}/${name} is in the input twice: the one in ${file}:${line} is not compared`,
    );
  }
  return registries;
}
