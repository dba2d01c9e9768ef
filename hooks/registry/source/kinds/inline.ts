import { posix } from 'node:path';
import { Type } from '@sinclair/typebox';
import { isObject, listOf, objectOf } from '../../../json.ts';
import { type Problem, shorten } from '../../../problem.ts';
import { SpecObject } from '../../fields/common.ts';
import { withRules } from '../../rule.ts';
import { CONFIG_DIRECTORY } from '../../server-config.ts';
import { afterInterval, sourceKind } from '../kind.ts';

/** As much as `configYAML` may have; less fits in the ConfigMap (`children/size-problems.ts`). */
const DATA_LIMIT = 262_144;

/**
 * Where the server takes no entries from the file. It checks each entry further (toolhive-registry-server v1.5.1:
 * internal/sources/types.go); CEL reads no JSON.
 */
function fileProblems(text: string, field: string): Problem[] {
  const message = whatIsWrong(text);
  return message === undefined ? [] : [{ field, message }];
}

function whatIsWrong(text: string): string | undefined {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    return `must be JSON: ${shorten((error as SyntaxError).message.replace(/\s+/g, ' '), 200)}`;
  }
  if (isObject(file) && isObject(file['servers'])) {
    return 'must be in the upstream format, found the ToolHive format, which servers do not read since v1.2: convert it';
  }
  const servers = listOf(objectOf(objectOf(file)['data'])['servers']);
  if (servers.length === 0) {
    return 'must have at least one server in data.servers, because the server takes no entries from an empty file: add one, or remove the source';
  }
  const wrong = servers.findIndex((server) => {
    const { name, description } = objectOf(server);
    return !isName(name) || !isName(description);
  });
  return wrong < 0
    ? undefined
    : `must have a name and a description for each server, but data.servers[${wrong}] lacks one of them: the server takes no entries from the file otherwise`;
}

const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** The server's own inline data (`file.data`) is for its API: its loader refuses a file without a path and a URL. */
export const inline = sourceKind({
  schema: SpecObject(
    {
      data: withRules(
        Type.String({
          description:
            'The file: JSON in the upstream format. It is kept in the ConfigMap of the registry, which has room for about 250,000 bytes with all else in it, a quote counted as two.',
          maxLength: DATA_LIMIT,
          expects: 'the text of a registry file',
        }),
        [{ check: fileProblems }],
      ),
    },
    { description: `A registry file that is written here. ${afterInterval}` },
  ),
  inline: false,
  synced: true,
  // Servers of 1.1 read the upstream format only if it is named, and later ones don't read the field.
  plan: ({ data }, name) => ({
    config: { format: 'upstream', file: { path: posix.join(CONFIG_DIRECTORY, fileName(name)) } },
    data: { [fileName(name)]: data },
  }),
});

/** Beside `config.yaml`. */
const fileName = (source: string): string => `${source}.json`;
