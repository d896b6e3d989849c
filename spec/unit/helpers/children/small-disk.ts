import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { Journal } from '../../../../lib/buffer/journal/journal';
import { lanesOf } from '../../../../lib/buffer/journal/lane';
import { readLane } from '../lanes';
import { MemoryLogger } from '../logger';
import { aLine } from '../records';

export interface Question {
  readonly kind: 'append' | 'takeRoom' | 'giveRoom' | 'readOnly' | 'writable' | 'read';
  /** How many records to append, of how many bytes; how many bytes of room to leave. */
  readonly count?: number;
  readonly bytes?: number;
}

export interface Answer {
  readonly held: number;
  readonly dropped: number;
  readonly errors: string[];
  /** Ids of what was appended by this question, or of what the lanes hold. */
  readonly ids: string[];
  readonly damage: number;
  /** Bytes that the process uses, without garbage. */
  readonly memory: number;
}

/** An application whose journal lies on a small disk that another program fills; it tells what becomes of its records. */
const [, , disk = '', limited] = process.argv;
const filler = path.join(disk, 'filler');
const logger = new MemoryLogger();
const journal = new Journal(path.join(disk, 'journal'), logger);

const idOf = (line: string): string => line.slice(0, 36);

function append(count: number, bytes: number): string[] {
  return Array.from({ length: count }, () => {
    const line = aLine(bytes);
    journal.append([line]);
    return idOf(line);
  });
}

/** Without a disk of its own: the system lets the process write files of so many bytes. */
function limitFiles(bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
}

function takeRoom(left: number): void {
  if (limited) return limitFiles(0);
  const { bavail, bsize } = fs.statfsSync(disk);
  fs.writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - left)));
}

function giveRoom(): void {
  if (limited) limitFiles('unlimited');
  else fs.rmSync(filler);
}

function remount(isWritable: boolean): void {
  if (limited) limitFiles(isWritable ? 'unlimited' : 0);
  else execFileSync('mount', ['-o', `remount,${isWritable ? 'rw' : 'ro'}`, disk]);
}

function answer({ kind, count = 0, bytes = 0 }: Question): Answer {
  let [ids, damage]: [string[], number] = [[], 0];
  if (kind === 'append') ids = append(count, bytes);
  if (kind === 'takeRoom') takeRoom(bytes);
  if (kind === 'giveRoom') giveRoom();
  if (kind === 'readOnly' || kind === 'writable') remount(kind === 'writable');
  if (kind === 'read') {
    const lanes = lanesOf(path.join(disk, 'journal')).map((lane) => readLane(lane));
    ids = lanes.flatMap(({ lines }) => lines.map(idOf));
    damage = lanes.flatMap((lane) => lane.damage).length;
  }
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const { heldCount: held, dropped } = journal;
  return { held, dropped, errors: logger.errors, ids, damage, memory: heapUsed + external };
}

process.on('message', (question: Question) => process.send?.(answer(question)));
process.send?.('ready');
