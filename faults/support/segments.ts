import fs from 'node:fs';
import path from 'node:path';

/** The files below AUDIT_DIR that records wait in, on their way or rescued. */
export function segmentsIn(auditDirectory: string, kind: 'journal' | 'rescue'): string[] {
  const files = fs.readdirSync(auditDirectory, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.journal') && file.split(path.sep)[1] === kind)
    .map((file) => path.join(auditDirectory, file));
}
