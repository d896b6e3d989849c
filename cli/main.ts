#!/usr/bin/env node
import './small-heap';

import { Console } from 'node:console';

import { reportFailure } from './failure';
import { Output } from './output';
import { createProgram } from './program';
import { exitSoon } from './session';

// stdout is for our own output; what an application's module or its Sequelize prints goes to stderr.
globalThis.console = new Console(process.stderr);

// The reader of a pipe may leave (`audit status | head -1`); a worker goes on without it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
// Nor may a log on a full disk end the worker that would make room on it.
process.stderr.on('error', () => undefined);

const program = createProgram();
// Options are not parsed yet when parsing them fails.
const output = (): Output =>
  Output.of({ json: process.argv.includes('--json'), ...program.opts<{ logLevel?: string }>() });

// Unhandled rejections come here as well. Records are safe in the buffer: what was not acknowledged comes again.
process.on('uncaughtException', (error) => {
  reportFailure(error, output());
  process.exit(1);
});

program
  .parseAsync()
  .catch((error: unknown) => void (process.exitCode = reportFailure(error, output())))
  .finally(exitSoon);
