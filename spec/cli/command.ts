import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import path from 'node:path';

import { until } from '../support/until';

export const MAIN = path.join(__dirname, '../../cli/main.js');

/** The variables that the command reads; a spec sets those that it is about. */
const OWN = /^(AUDIT_|DATABASE_URL$|NODE_ENV$|NODE_OPTIONS$|NO_COLOR$|FORCE_COLOR$)/;

export interface Result {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Surroundings {
  cwd: string;
  env?: NodeJS.ProcessEnv;
}

/** A command that runs. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it has printed so far. */
  readonly said: { stdout: string; stderr: string };
  readonly result: Promise<Result>;
  /** Resolves when it has printed something that matches. */
  says(what: RegExp): Promise<unknown>;
}

/** Starts `audit` with these arguments, or another program. */
export function start(
  args: readonly string[],
  { cwd, env = {} }: Surroundings,
  [program, ...before]: readonly [string, ...string[]] = [process.execPath, MAIN],
): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !OWN.test(name));
  const child = spawn(program, [...before, ...args], {
    cwd,
    env: { ...Object.fromEntries(inherited), ...env },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const result = new Promise<Result>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve({ status, signal, ...said }));
  });
  const says = (what: RegExp): Promise<unknown> =>
    until(
      () => {
        if (what.test(said.stdout + said.stderr)) return true;
        if (child.exitCode === null) return false;
        throw new Error(`It ended with ${child.exitCode} before it said ${what}:\n${said.stderr}`);
      },
      { what: `${what} in what it prints`, timeoutMs: 20_000 },
    );
  return { child, said, result, says };
}

/** Runs `audit` to its end. */
export function audit(args: readonly string[], surroundings: Surroundings): Promise<Result> {
  const running = start(args, surroundings);
  running.child.stdin.end();
  return running.result;
}

/** Runs `audit … --json` and parses the whole of stdout, which must be one document. */
export async function auditJson<T>(
  args: readonly string[],
  surroundings: Surroundings,
): Promise<Result & { document: T }> {
  const result = await audit([...args, '--json'], surroundings);
  return { ...result, document: JSON.parse(result.stdout) as T };
}

/** Runs `audit` on a pseudo-terminal, where stdout and stderr are one. */
export function startOnTerminal(args: readonly string[], surroundings: Surroundings): Running {
  const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
  const term = { TERM: 'xterm', SHELL: '/bin/sh', ...surroundings.env };
  // A shell that stays would get the Ctrl+C too, and end with a status of its own.
  return start(['-qec', `exec ${command}`, '/dev/null'], { ...surroundings, env: term }, ['script']);
}
