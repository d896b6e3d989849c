import fs from 'node:fs';

import type { Arena } from '../arena';
import { on } from '../scenario';
import type { Scenario } from '../scenario';
import { segmentsIn } from '../support/segments';

/** Faults of the files that records wait in. */
export const DISK_SCENARIOS: readonly Scenario[] = [
  {
    name: 'journal torn',
    fault:
      'SIGKILL of the application, and bytes of half a frame behind what it wrote, as a power cut leaves them',
    places: on('postgres', 'embedded', 'redis'),
    run: (arena) =>
      arena.repeat('application killed', 6, [0, 0], async (round) => {
        for (const file of await killApplication(arena)) {
          const rest = 'x'.repeat(arena.random.between(0, 200));
          fs.appendFileSync(file, `=000003 000001f4 0badcafe\nhalf a record\t${rest}`);
          arena.count('journal torn');
        }
        if (round === 1) await arena.startWorker();
      }),
  },
  {
    name: 'bit flipped',
    fault: 'SIGKILL of the application, and one bit of what it wrote is another',
    places: on('postgres', 'embedded'),
    mayLose: 'the records of the append that the bit is in',
    run: (arena) =>
      arena.repeat('application killed', 6, [0, 0], async () => {
        const files = (await killApplication(arena)).filter((file) => fs.statSync(file).size > 0);
        flipBit(arena.random.pick(files), (bytes) => arena.random.below(bytes));
        arena.count('bit flipped');
      }),
  },
  {
    name: 'disk full',
    fault: 'no room below AUDIT_DIR, for application and worker, for up to two seconds',
    places: [...on('postgres', 'embedded', 'redis'), ...on('sqlite', 'embedded')],
    diskSize: 48,
    async run(arena) {
      await arena.startWorker();
      await arena.repeat('disk full', 5, [200, 600], async () => {
        arena.disk.fill();
        await arena.pause(500, 2_000);
        arena.disk.giveRoom();
      });
    },
  },
];

/** What its files are called afterwards. */
async function killApplication(arena: Arena): Promise<string[]> {
  const application = await arena.startApplication();
  await application.makes(arena.random.between(50, 400));
  await application.kill();
  return segmentsIn(arena.auditDirectory, 'journal');
}

/** In place: the file may be one that an application is writing to. */
function flipBit(file: string, below: (count: number) => number): void {
  const fd = fs.openSync(file, 'r+');
  try {
    const at = below(fs.fstatSync(fd).size);
    const byte = Buffer.alloc(1);
    fs.readSync(fd, byte, 0, 1, at);
    fs.writeSync(fd, Buffer.of(byte.readUInt8() ^ (1 << below(8))), 0, 1, at);
  } finally {
    fs.closeSync(fd);
  }
}
