#!/usr/bin/env node
/** The entrance of `kubectl mcpreg`: kubectl runs a program of this name that it finds in PATH. */
import { processIo } from './io.ts';
import { runPlugin } from './kubectl/plugin.ts';

process.exitCode = await runPlugin(process.argv.slice(2), processIo());
