import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { CliError } from '../cli-error.ts';
import { ExitCode } from '../exit-code.ts';
import { type Exportable, readExportables } from '../export/exportable.ts';
import { type HelmFile, helmFiles } from '../export/helm-files.ts';
import { aboutPlainManifests, plainManifests } from '../export/plain-manifests.ts';
import { type Io, say } from '../io.ts';
import { filesOption, type InputFlags, namespaceOption, outputOption } from '../options.ts';
import { comment } from '../output/shell.ts';
import { writeJsonList, writeYamlStream } from '../output/write-yaml.ts';
import type { AddCommand } from '../program.ts';

interface ManifestFlags extends InputFlags {
  readonly output: 'yaml' | 'json';
}

interface HelmFlags extends InputFlags {
  readonly print: 'values' | 'extra' | 'switch';
  readonly writeTo?: string;
}

const settings = 'Settings are read from the same environment variables as those of the service.';

/** `export`: registries for those who go on without the hook. */
export const addExport: AddCommand = (program: Command, io, action) => {
  const command = program
    .command('export')
    .summary('print registries for the chart of the registry server, or as plain manifests')
    .description('Prints registries in a form that needs no hook.');
  command
    .command('helm')
    .summary("print values for the registry server's own chart")
    .description(
      `Prints the values under which the registry server's own chart makes what the hook makes, with the way there and what is lost as comments. What the values can't hold is in extra.yaml, and the Service that leads callers over in switch.yaml. ${settings}`,
    )
    .addOption(filesOption())
    .addOption(namespaceOption())
    .addOption(
      new Option('--print <file>', 'what is printed')
        .choices(['values', 'extra', 'switch'])
        .default('values'),
    )
    .option(
      '--write-to <folder>',
      'write all three files there, and print nothing; needed for several registries',
    )
    .addHelpText('after', '\nExample:\n  mcpregistry-hook export helm -f registry.yaml')
    .action(action((flags: HelmFlags) => exportHelm(flags, io)));
  command
    .command('manifests')
    .summary('print the children of registries, to be kept without a controller')
    .description(
      `Prints the children as the hook makes them, without what says that it has them. Applied over what runs, they roll no pod. ${settings}`,
    )
    .addOption(filesOption())
    .addOption(namespaceOption())
    .addOption(outputOption(['yaml', 'json']))
    .addHelpText('after', '\nExample:\n  mcpregistry-hook export manifests -f registry.yaml')
    .action(action((flags: ManifestFlags) => exportManifests(flags, io)));
};

async function exportManifests(flags: ManifestFlags, io: Io): Promise<ExitCode> {
  const { registries, invalid } = await readExportables(flags, io);
  const objects = registries.flatMap(plainManifests);
  io.out.write(
    flags.output === 'json'
      ? writeJsonList(objects)
      : `${aboutPlainManifests.map((text) => `${comment(text)}\n`).join('#\n')}${writeYamlStream(objects)}`,
  );
  return invalid > 0 ? ExitCode.findings : ExitCode.fine;
}

async function exportHelm(flags: HelmFlags, io: Io): Promise<ExitCode> {
  const { registries, invalid } = await readExportables(flags, io);
  const code = invalid > 0 ? ExitCode.findings : ExitCode.fine;
  if (flags.writeTo !== undefined) {
    await writeReleases(registries, flags.writeTo, io);
    return code;
  }
  const [only, ...more] = registries;
  if (more.length > 0) {
    throw new CliError(
      `the input has ${registries.length} registries, and each is a release of its own: give one of them, or --write-to`,
    );
  }
  if (only) io.out.write(helmFiles(only)[`${flags.print}.yaml`]);
  return code;
}

/** A folder for each registry; beside each other, they have names of their own. */
async function writeReleases(registries: readonly Exportable[], folder: string, io: Io): Promise<void> {
  for (const exported of registries) {
    const { name, namespace } = exported.identity;
    const files = Object.entries(helmFiles(exported)) as [HelmFile, string][];
    const target = registries.length === 1 ? folder : join(folder, `${namespace}_${name}`);
    try {
      await mkdir(target, { recursive: true });
      for (const [file, text] of files) {
        await writeFile(join(target, file), text);
        say(io, `wrote ${join(target, file)}`);
      }
    } catch (error) {
      throw new CliError(`the files can't be written to ${target}: ${(error as Error).message}`);
    }
  }
}
