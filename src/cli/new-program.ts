import { Command } from 'commander';
import { version } from '../version.ts';
import type { Io } from './io.ts';

/** A program without commands: it writes to an `Io`, without colours, and throws where commander would end the process. */
export const newProgram = (name: string, description: string, io: Io): Command =>
  new Command(name)
    .description(description)
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError('Try --help.')
    .exitOverride()
    .configureOutput({
      writeOut: io.out.write,
      writeErr: io.err.write,
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
