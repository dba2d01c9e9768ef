#!/usr/bin/env node
/** The entrance for those who install the package: what is no command is left to the service, which is loaded only then. */
import { isCommand } from '../command-line.ts';
import { processIo } from './io.ts';
import { runCli } from './program.ts';

const args = process.argv.slice(2);
if (isCommand(args)) process.exitCode = await runCli(args, processIo());
else await import('../main.ts');
