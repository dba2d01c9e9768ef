import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';

/** A registry server of a release. */
export interface ServerBinary {
  /** Such as `v1.5.1`. */
  readonly version: string;
  /** Path of `thv-registry-api`. */
  readonly binary: string;
}

/** Where people get the programs from. */
export const howToGetServers = `Get the binaries from https://github.com/stacklok/toolhive-registry-server/releases, or from the image:
  docker create --name server ghcr.io/stacklok/thv-registry-api:v1.5.1
  docker cp server:/ko-app/thv-registry-api /tmp/v1.5.1/
`;

/**
 * Reads `<version>=<binary>`.
 *
 * @throws if it is written otherwise, or the binary can't be run or says that it is another release
 */
export function readServerBinary(text: string): ServerBinary {
  const [version = '', binary = ''] = text.split(/=(.*)/s);
  if (!/^v\d+\.\d+\.\d+$/.test(version) || binary === '')
    throw new Error(`${text} is not <version>=<binary>.`);
  try {
    accessSync(binary, constants.X_OK);
  } catch {
    throw new Error(`${version}: ${binary} is not a program that can be run.`);
  }
  const reported = versionOf(binary);
  if (reported !== undefined && reported !== version) {
    throw new Error(`${binary} says that it is ${reported}, not ${version}.`);
  }
  return { version, binary };
}

/** The release that a binary says it is; undefined for one that was not built for a release. */
function versionOf(binary: string): string | undefined {
  const { stdout, error } = spawnSync(binary, ['version', '--format', 'json'], { encoding: 'utf8' });
  if (error) throw new Error(`${binary} can't be run: ${error.message}`);
  const found = /"version":\s*"(v?\d+\.\d+\.\d+)"/.exec(stdout)?.[1];
  return found && `v${found.replace(/^v/, '')}`;
}
