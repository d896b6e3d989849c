import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { AuditError } from '../errors';
import { answer } from './answers';
import type { ViewerAnswer, ViewerCall } from './call';
import { ASSET_HEADERS, PAGE_HEADERS } from './headers';

/** Where the build puts the browser application. */
const DIRECTORY = path.join(__dirname, '../../viewer');
const INDEX = 'index.html';
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};
const A_YEAR = 31_536_000;

interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
  readonly digest: string;
}

/** The files of the browser application: those that are there, by their names alone. No path of a request reaches the disk. */
export class Assets {
  private constructor(
    private readonly files: ReadonlyMap<string, Asset>,
    /** index.html, with the digest of each file behind its name. */
    private readonly index: string,
  ) {}

  /** Reads all of them. Throws AUDIT_DIRECTORY where the package was built without them. */
  static read(): Assets {
    const files = new Map<string, Asset>();
    for (const name of namesIn(DIRECTORY)) {
      const type = TYPES[path.extname(name)];
      if (type === undefined) continue;
      const bytes = fs.readFileSync(path.join(DIRECTORY, name));
      files.set(name, {
        type,
        bytes,
        digest: createHash('sha256').update(bytes).digest('base64url').slice(0, 16),
      });
    }
    let index = fs.readFileSync(path.join(DIRECTORY, INDEX), 'utf8');
    for (const [name, { digest }] of files) index = index.replaceAll(`="${name}"`, `="${name}?v=${digest}"`);
    return new Assets(files, index);
  }

  has(name: string): boolean {
    return this.files.has(name);
  }

  /** A file; for ever where the URL holds its digest. */
  file(name: string, call: ViewerCall): ViewerAnswer {
    const { type, bytes, digest } = this.files.get(name) as Asset;
    const etag = `"${digest}"`;
    const isVersioned = new URLSearchParams(call.search).get('v') === digest;
    // Only the reader's own browser keeps it: who may see the viewer is decided for each request.
    const cache = isVersioned ? `private, max-age=${A_YEAR}, immutable` : 'private, no-cache';
    const headers = { ...ASSET_HEADERS, 'Content-Type': type, 'Cache-Control': cache, ETag: etag };
    const known = call.header('if-none-match')?.split(/\s*,\s*/) ?? [];
    const isKnown = known.some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag);
    return isKnown ? answer(304, headers, '') : answer(200, headers, bytes);
  }

  /**
   * The page, for a path of so many segments below the mount. Its base is relative, so that it is right under any
   * mount, and behind a proxy that takes a part of the path away; and nothing of the request stands in the page.
   */
  page(segments: number): ViewerAnswer {
    const base = `<base href="${segments > 1 ? '../'.repeat(segments - 1) : './'}">`;
    return answer(200, PAGE_HEADERS, this.index.replace(/<base\b[^>]*>/, base));
  }
}

function namesIn(directory: string): string[] {
  try {
    return fs.readdirSync(directory);
  } catch (cause) {
    throw new AuditError(
      'AUDIT_DIRECTORY',
      `The pages of the viewer are missing in ${directory}. Install the package again.`,
      { cause },
    );
  }
}
