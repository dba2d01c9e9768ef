import type { Command } from 'commander';
import type { Context } from '../../../hooks/context.ts';
import type { SyncAnswer } from '../../../hooks/contract/answer.ts';
import type { HookRequest } from '../../../hooks/contract/request.ts';
import { finalize } from '../../../hooks/finalize.ts';
import { listOf, textOf } from '../../../hooks/json.ts';
import { formatProblems, type Problem } from '../../../hooks/problem.ts';
import { sync } from '../../../hooks/sync.ts';
import { defaultsFrom } from '../defaults.ts';
import { ExitCode } from '../exit-code.ts';
import { ChildrenByOwner, requestFor } from '../hook-request.ts';
import { type InputObject, isRegistry, readInput, sayPassedOver } from '../input/read-input.ts';
import { InputBudget } from '../input/read-texts.ts';
import { type Io, say } from '../io.ts';
import { collect, filesOption, type InputFlags, namespaceOption, outputOption } from '../options.ts';
import { writeJsonList, writeYamlStream } from '../output/write-yaml.ts';
import type { AddCommand } from '../program.ts';

interface RenderFlags extends InputFlags {
  readonly observed?: readonly string[];
  readonly status?: true;
  readonly output: 'yaml' | 'json';
}

/** `render`: the children that the hook answers with. */
export const addRender: AddCommand = (program: Command, io, action) => {
  program
    .command('render')
    .summary('print the children of registries')
    .description(
      'Prints what the hook answers for each MCPRegistry: its children, in the order in which they are applied. Settings are read from the same environment variables as those of the service.',
    )
    .addOption(filesOption())
    .addOption(namespaceOption())
    .addOption(outputOption(['yaml', 'json']))
    .option(
      '--observed <path>',
      'children as they are in the cluster (kubectl get -o yaml), for the answer for a registry that runs; repeatable',
      collect,
    )
    .option('--status', 'print each MCPRegistry with its status before its children')
    .addHelpText('after', '\nExample:\n  mcpregistry-hook render -f registry.yaml')
    .action(action((flags: RenderFlags) => render(flags, io)));
};

async function render(flags: RenderFlags, io: Io): Promise<ExitCode> {
  const defaults = defaultsFrom(io);
  const budget = new InputBudget();
  const input = await readInput({ files: flags.file, namespace: flags.namespace }, io, budget);
  const observed = await readInput({ files: flags.observed ?? [], namespace: flags.namespace }, io, budget);
  const children = new ChildrenByOwner(observed.objects);
  const registries = input.objects.filter(isRegistry);

  const printed: unknown[] = [];
  let code: ExitCode = ExitCode.fine;
  for (const registry of registries) {
    const { request, problems } = requestFor(registry, children.of(registry));
    if (problems) {
      sayProblems(io, registry, problems);
      code = ExitCode.findings;
      continue;
    }
    const answer = answerOf(request, { defaults, now: io.now() });
    if (flags.status) printed.push({ ...request.parent, status: answer.status });
    printed.push(...answer.children);
    if (answer.status.phase !== 'Failed') continue;
    sayFailed(io, registry, answer);
    code = ExitCode.findings;
  }
  io.out.write(flags.output === 'json' ? writeJsonList(printed) : writeYamlStream(printed));
  if (registries.length === 0) say(io, 'there is no MCPRegistry in the input');
  const rest = input.objects.filter((object) => !isRegistry(object));
  sayPassedOver(io, [...rest, ...children.others], input.others + observed.others);
  return code;
}

/**
 * What the hook answers to Metacontroller, which calls `finalize` for a registry that is being deleted as long as it has
 * Metacontroller's finalizer.
 */
function answerOf(request: HookRequest, context: Context): SyncAnswer {
  const { deletionTimestamp, finalizers } = request.parent.metadata as Readonly<Record<string, unknown>>;
  const isFinalized = listOf(finalizers).some((each) => textOf(each).startsWith(FINALIZER));
  return deletionTimestamp !== undefined && isFinalized ? finalize(request, context) : sync(request, context);
}

/** The beginning of the finalizer, before the name of the CompositeController. */
const FINALIZER = 'metacontroller.io/compositecontroller-';

function sayProblems(io: Io, registry: InputObject, problems: readonly Problem[]): void {
  const { file, line } = registry.placeOf();
  say(io, `${file}:${line}: MCPRegistry ${registry.namespace}/${registry.name}: ${formatProblems(problems)}`);
}

function sayFailed(io: Io, registry: InputObject, { status }: SyncAnswer): void {
  const { file, line } = registry.placeOf();
  say(io, `${file}:${line}: MCPRegistry ${registry.namespace}/${registry.name}: ${status.message}`);
}
