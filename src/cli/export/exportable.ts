import { type DesiredByKind, kindsOfChildren } from '../../../hooks/children/child-kinds.ts';
import type { Child } from '../../../hooks/contract/answer.ts';
import type { Identity } from '../../../hooks/identity.ts';
import { formatProblems } from '../../../hooks/problem.ts';
import { decideSync } from '../../../hooks/sync.ts';
import { CliError } from '../cli-error.ts';
import { defaultsFrom } from '../defaults.ts';
import { requestFor } from '../hook-request.ts';
import { isRegistry, readInput, sayPassedOver } from '../input/read-input.ts';
import { type Io, say } from '../io.ts';
import type { InputFlags } from '../options.ts';

/** A registry that the hook would run, and what it would make for it. */
export interface Exportable {
  readonly identity: Identity;
  /** In the order in which they are applied. */
  readonly all: readonly Child[];
  readonly byKind: DesiredByKind;
}

/** What the input has to export. */
export interface Exportables {
  readonly registries: readonly Exportable[];
  /** How many registries have mistakes, which were said. */
  readonly invalid: number;
}

/**
 * Reads the registries of the input, with children of all kinds that their specs ask for.
 *
 * @throws {CliError} if there is no registry
 */
export async function readExportables(flags: InputFlags, io: Io): Promise<Exportables> {
  const defaults = defaultsFrom(io);
  const { objects, others } = await readInput({ files: flags.file, namespace: flags.namespace }, io);
  const found = objects.filter(isRegistry);
  if (found.length === 0)
    throw new CliError('there is no MCPRegistry in the input: name a file that has one');
  const registries = found.flatMap((registry): Exportable[] => {
    const { request, problems } = requestFor(registry, [], kindsOfChildren);
    const desired = request && decideSync(request, { defaults, now: io.now() }).desired;
    if (desired?.children) {
      const { name, namespace } = registry;
      return [{ identity: { name, namespace }, all: desired.children.all, byKind: desired.children.byKind }];
    }
    const { file, line } = registry.placeOf();
    const why = problems ??
      desired?.problems ?? [
        {
          field: 'metadata.deletionTimestamp',
          message: 'is set: it is being deleted, so export it from its manifest',
        },
      ];
    say(io, `${file}:${line}: MCPRegistry ${registry.namespace}/${registry.name}: ${formatProblems(why)}`);
    return [];
  });
  sayPassedOver(
    io,
    objects.filter((object) => !isRegistry(object)),
    others,
  );
  return { registries, invalid: found.length - registries.length };
}
