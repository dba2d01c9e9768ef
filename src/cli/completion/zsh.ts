import { type CompletedCommand, type CompletedOption, withSubcommands } from './command-tree.ts';

/** Completion for zsh: a function for each command. */
export function zshCompletion(name: string, program: CompletedCommand): string {
  const functions = withSubcommands(program).map((command) => functionOf(name, command));
  return `#compdef ${name}
# zsh completion for ${name}: source <(${name} completion zsh)
${functions.join('\n')}
compdef ${functionName(name, [])} ${name}
`;
}

const functionName = (name: string, path: readonly string[]) =>
  `_${[name, ...path].join('_').replaceAll('-', '_')}`;

function functionOf(name: string, { path, options, commands, words, takesPaths }: CompletedCommand): string {
  const own = options.map(specOf);
  if (commands.length === 0) {
    const argument =
      words.length > 0 ? [`'1: :(${words.join(' ')})'`] : takesPaths ? ["'*:path:_files'"] : [];
    const specs = [...own, ...argument];
    const call = specs.length > 0 ? `_arguments ${specs.join(' \\\n    ')}` : ':';
    return `${functionName(name, path)}() {\n  ${call}\n}`;
  }
  const described = commands.map((command) => `    ${quoted(`${command.path.at(-1)}:${command.summary}`)}`);
  const cases = commands.map(
    (command) => `    ${command.path.at(-1)}) ${functionName(name, command.path)} ;;`,
  );
  const specs = [...own, "'1: :->command'", "'*:: :->arguments'"];
  return `${functionName(name, path)}() {
  local state line
  local -a commands
  commands=(
${described.join('\n')}
  )
  _arguments -C ${specs.join(' \\\n    ')}
  case $state in
  command) _describe command commands ;;
  arguments)
    case $line[1] in
${cases.join('\n')}
    esac
    ;;
  esac
}`;
}

/** An option as `_arguments` wants it; `*` lets it come several times. */
function specOf({ flags, description, value }: CompletedOption): string {
  const action = value === 'none' ? '' : value === 'path' ? ':path:_files' : `:value:${choicesOf(value)}`;
  const text = quoted(`[${description.replaceAll(/[[\]:]/g, '\\$&')}]${action}`);
  return flags.length > 1 ? `'*'{${flags.join(',')}}${text}` : `'*'${flags[0]}${text}`;
}

const choicesOf = (value: CompletedOption['value']) => (Array.isArray(value) ? `(${value.join(' ')})` : ' ');

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
