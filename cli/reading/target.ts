import { open, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';

import { AuditError, messageOf } from '../../lib/errors';
import { StreamSink } from './sink';
import type { Sink } from './sink';

/** Where an export goes: what is not complete is not taken for it. */
export interface Target extends Pick<Sink, 'write'> {
  /** All is written. */
  complete(): Promise<void>;
  /** Nothing more comes; what a person should know of what was written. */
  abandon(records: string): Promise<string>;
}

export function stdoutTarget(): Target {
  const sink = new StreamSink(process.stdout);
  return {
    write: (text) => sink.write(text),
    complete: () => Promise.resolve(),
    abandon: (records) => Promise.resolve(`The output is incomplete: it ends after ${records}.`),
  };
}

/** A file under another name until it is complete. Throws AUDIT_USAGE where it cannot be made. */
export async function fileTarget(file: string): Promise<Target> {
  const partial = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.partial`);
  const handle = await openNew(partial, file);
  return {
    async write(text) {
      try {
        await handle.writeFile(text);
        return true;
      } catch (error) {
        throw new Error(`${file} cannot be written: ${messageOf(error)}.`, { cause: error });
      }
    },
    async complete() {
      await handle.sync();
      await handle.close();
      await rename(partial, file);
    },
    async abandon() {
      await handle.close();
      await rm(partial, { force: true });
      return `Nothing was written to ${file}.`;
    },
  };
}

/** For its owner alone: values of all records lie in it. */
async function openNew(partial: string, file: string): Promise<FileHandle> {
  if ((await stat(file).catch(() => undefined))?.isDirectory())
    throw new AuditError('AUDIT_USAGE', `${file} is a directory. Name a file in it.`);
  try {
    return await open(partial, 'w', 0o600);
  } catch (error) {
    throw new AuditError('AUDIT_USAGE', `${file} cannot be written: ${messageOf(error)}.`, { cause: error });
  }
}
