import { closeBrowser, provideBrowser } from './browser';
import { removeRunFolder } from './servers/run-folder';
import { startShared } from './servers/shared';

/** Taken early: a process whose parent is gone has another one. */
const launcher = process.ppid;

let stopShared: (() => Promise<void>) | undefined;

/** mocha runs this once, before the first spec. */
export async function mochaGlobalSetup(): Promise<void> {
  if (process.env['AUDIT_TEST_SERVERS'] !== 'none') {
    endWithLauncher();
    stopShared = await startShared();
    await provideBrowser();
  }
}

/** mocha runs this once, after the last spec; when it does not come to that, the guard takes its place. */
export async function mochaGlobalTeardown(): Promise<void> {
  await closeBrowser();
  await stopShared?.();
  removeRunFolder();
  endWhatIsLeft();
}

/** A spec that failed may leave a worker or a connection behind, and the process would wait for it for ever. */
function endWhatIsLeft(): void {
  const leave = (): void => {
    process.stderr.write('Something that a spec has started is still running; the process is ended.\n');
    process.exit(1);
  };
  setTimeout(leave, 10_000).unref();
}

/**
 * With options for node, `mocha` only launches the process that runs the specs, and a SIGTERM or SIGKILL that
 * ends the launcher does not reach this one: it would go on, with its servers, for no one to see.
 */
function endWithLauncher(): void {
  if (/mocha[\\/]lib[\\/]cli[\\/]cli\.\w+$/.test(process.argv[1] ?? '')) {
    setInterval(() => process.ppid === launcher || process.exit(1), 250).unref();
  }
}
