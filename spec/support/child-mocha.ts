import { spawn } from 'node:child_process';

/** Runs specs in a process of their own. The servers of this run are in the environment. */
export function mocha(args: string[]): Promise<{ code: number | null; output: string }> {
  const bin = require.resolve('mocha/bin/mocha.js');
  const options = [
    '--no-config',
    '--timeout',
    '30000',
    '--forbid-only',
    '--forbid-pending',
    '--reporter',
    'dot',
  ];
  const child = spawn(process.execPath, [bin, ...options, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let output = '';
    const collect = (chunk: Buffer): void => void (output += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
