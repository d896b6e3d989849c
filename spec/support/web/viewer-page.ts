import fs from 'node:fs';
import path from 'node:path';

const DIRECTORY = path.join(__dirname, '../../../viewer');
const PAGE = `<!doctype html>
<html lang="en"><head><base href="/"><title>Audit trail</title>
<link rel="stylesheet" href="app.css"><script type="module" src="app.js"></script></head><body></body></html>
`;

/** Puts a page where the build puts the browser application, if that was not built: the server asks for no more than this. */
export function provideViewerPage(): void {
  fs.mkdirSync(DIRECTORY, { recursive: true });
  for (const [name, text] of [
    ['index.html', PAGE],
    ['app.js', 'export {};\n'],
    ['app.css', 'body {}\n'],
  ] as const) {
    const file = path.join(DIRECTORY, name);
    if (!fs.existsSync(file)) fs.writeFileSync(file, text);
  }
}
