import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Runs what was noted under `undo`, then removes the folder.
 *
 * It is a shell script and its notes are files because it must also work when this process cannot: after a
 * SIGKILL, after V8 ran out of memory, or after a signal that Node answers without emitting 'exit'.
 */
const SWEEP = `
  for undo in "$1"/undo/*; do
    [ -f "$undo" ] && sh "$undo" >/dev/null 2>&1
  done
  # What was just ended may have written one more file meanwhile.
  rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }`;

/** Waits for the end of this process, which is when the pipe to it closes, however the end came. */
const WATCH = `trap '' HUP INT TERM; read -r _; ${SWEEP}`;

/** Sees to it that nothing which this process started or wrote for the specs outlives it. */
export class Guard {
  readonly #root: string;
  readonly #watchman;
  readonly #onExit = () => this.#sweep();
  #notes = 0;

  constructor(root: string) {
    this.#root = root;
    mkdirSync(path.join(root, 'undo'), { mode: 0o700 });

    this.#watchman = spawn('sh', ['-c', WATCH, 'sh', root], {
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // Without a shell there is no server of ours either, and 'exit' still removes the folder.
    this.#watchman.on('error', () => undefined);
    this.#watchman.stdin.on('error', () => undefined);
    this.#watchman.unref();
    // The pipe is a socket in all but its type, and must not keep mocha from ending.
    (this.#watchman.stdin as unknown as { unref?: () => void }).unref?.();

    process.on('exit', this.#onExit);
  }

  /** Notes a shell command to run if this process ends before the returned function is called. */
  note(command: string): () => void {
    const file = path.join(this.#root, 'undo', String(++this.#notes));
    writeFileSync(file, `${command}\n`);
    return () => rmSync(file, { force: true });
  }

  /** Undoes what is still noted, removes the folder and lets the watchman go. */
  release(): void {
    process.off('exit', this.#onExit);
    this.#sweep();
    this.#watchman.kill('SIGKILL');
  }

  #sweep(): void {
    spawnSync('sh', ['-c', SWEEP, 'sh', this.#root], { cwd: '/', stdio: 'ignore' });
    // Where there is no shell, this does it.
    rmSync(this.#root, { recursive: true, force: true });
  }
}
