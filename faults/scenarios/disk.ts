import { setTimeout as delay } from 'node:timers/promises';
import fs from 'node:fs';
import path from 'node:path';

import type { Scenario } from '../scenario';

/** Faults of the files that records wait in. */
export const DISK_SCENARIOS: readonly Scenario[] = [
  {
    name: 'journal torn',
    fault:
      'SIGKILL of the application, and bytes of half a frame behind what it wrote, as a power cut leaves them',
    drivers: ['embedded', 'redis'],
    async run(arena) {
      for (let round = 0; round < arena.times(4); round++) {
        const application = await arena.startApplication();
        await application.makes(arena.random.between(50, 400));
        await application.kill();
        for (const file of segmentsIn(arena.directories.journal)) {
          fs.appendFileSync(
            file,
            `=000003 000001f4 0badcafe\nhalf a record\t${'x'.repeat(arena.random.between(0, 200))}`,
          );
          arena.count('journal torn');
        }
        if (round === 1) await arena.startWorker();
      }
    },
  },
  {
    name: 'rescue files recovered by two, and killed',
    fault: 'rescue files brought back by several workers at once, each of them killed again and again',
    drivers: ['redis'],
    async run(arena) {
      const first = await arena.startWorker();
      await arena.servers.database.stop();
      arena.count('database stopped');
      await first.says(/rescue|does not take/);
      await delay(3_000);
      await first.kill();
      await arena.abandonClaims();
      await arena.servers.database.start();
      const lives = async (): Promise<void> => {
        for (let kill = 0; kill < arena.times(5); kill++) {
          const worker = await arena.startWorker();
          await delay(arena.random.between(0, 150));
          await worker.kill();
          arena.count('recovering worker killed');
          await arena.abandonClaims();
        }
      };
      await Promise.all([lives(), lives()]);
    },
  },
];

/** The files of all lanes. */
function segmentsIn(directory: string): string[] {
  if (!fs.existsSync(directory)) return [];
  const files = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.journal')).map((file) => path.join(directory, file));
}
