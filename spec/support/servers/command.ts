import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { Account } from './account';

export interface RunOptions {
  account?: Account | undefined;
  cwd?: string;
  env?: Record<string, string>;
  timeoutMs?: number;
}

/** Runs a command to its end and returns what it printed; a failure carries the command's last words. */
export function run(
  [program = '', ...args]: string[],
  { account, cwd, env, timeoutMs = 120_000 }: RunOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      // Nothing that is run here may wait for an answer from a terminal, and a killed one has to be gone.
      {
        ...account,
        cwd,
        env: { ...process.env, ...env },
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        if (!error) {
          resolve(stdout.trim());
          return;
        }
        const how = error.killed
          ? `did not end within ${timeoutMs} ms`
          : `failed (${error.code ?? error.signal})`;
        const command = [path.basename(program), ...args].join(' ');
        reject(new Error(`${command} ${how}:\n${tail(stdout + stderr)}`, { cause: error }));
      },
    ).stdin?.end();
  });
}

/** The end of an output, which is where a program says why it gave up. */
export function tail(output: string, lines = 25): string {
  return output.trimEnd().split('\n').slice(-lines).join('\n');
}

/** The path of a program, looked for on the PATH and then in `folders`. */
export function findProgram(name: string, folders: readonly string[] = []): string | undefined {
  return [...pathFolders(), ...folders].map((folder) => path.join(folder, name)).find(isProgram);
}

export function pathFolders(): string[] {
  return (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
}

export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
