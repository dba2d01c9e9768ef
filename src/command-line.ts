import { parseArgs } from 'node:util';
import { OptionalKind, type TSchema } from '@sinclair/typebox';
import { loadSettings } from './settings/load-settings.ts';
import { Settings } from './settings/settings.ts';
import { version } from './version.ts';

const usage = `mcpregistry-hook ${version}: answers Metacontroller's calls about MCPRegistry objects.

  mcpregistry-hook [--help | --version | --print-config]

  --help          shows this
  --version       shows the version
  --print-config  shows every setting with the value that would be used

Settings are read from the environment:
`;

/**
 * What the command line asks to be shown instead of a service being started.
 *
 * @param args as given, without the program
 * @returns the text to show; undefined if a service is to be started
 * @throws {SettingsError} if settings that can't be used are to be shown
 * @throws {TypeError} on an argument that there is not
 */
export function answerCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
      'print-config': { type: 'boolean' },
    },
  });
  if (values.help) return `${usage}${describeSettings()}`;
  if (values.version) return `${version}\n`;
  return values['print-config'] ? printSettings(loadSettings(environment)) : undefined;
}

function describeSettings(): string {
  return Object.entries<TSchema>(Settings.properties)
    .map(([name, { description, ...schema }]) => {
      const byDefault = schema[OptionalKind] === 'Optional' ? 'not set' : schema['default'];
      return `\n  ${name} (${byDefault})\n    ${description}\n`;
    })
    .join('');
}

/** As lines of a shell; one that is not set is a comment. Secrets are in files, of which only the path is known here. */
function printSettings(settings: Settings): string {
  return Object.keys(Settings.properties)
    .map((name) => {
      const value = settings[name as keyof Settings];
      return value === undefined ? `# ${name}=\n` : `${name}=${quote(String(value))}\n`;
    })
    .join('');
}

const quote = (text: string) =>
  /^[A-Za-z0-9_./:@%+-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
