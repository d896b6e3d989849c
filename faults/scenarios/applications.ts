import { on, WITH_WORKER } from '../scenario';
import type { Scenario } from '../scenario';

/** Faults of the process that makes the changes. */
export const APPLICATION_SCENARIOS: readonly Scenario[] = [
  killed({
    name: 'application killed',
    fault: 'SIGKILL of the application at any moment, a worker running',
    places: [
      ...on('postgres', 'embedded', 'redis', 'sync'),
      ...on('mariadb', 'embedded', 'sync'),
      ...on('sqlite', 'embedded'),
    ],
  }),
  killed({
    name: 'application killed, strict',
    fault: 'the same with a model that is strict',
    places: WITH_WORKER,
    durability: 'strict',
  }),
  {
    name: 'application ended',
    fault: 'SIGTERM of the application, with full buffers and no worker; now and then a second one',
    places: on('postgres', 'embedded', 'redis'),
    run: (arena) =>
      arena.repeat('application ended', 6, [0, 0], async (round) => {
        const application = await arena.startApplication();
        await application.makes(arena.random.between(300, 1_500));
        application.signal('SIGTERM');
        if (round % 2 === 1) application.signal('SIGTERM');
        // After the second one it may end by the signal.
        await application.end().catch(() => undefined);
      }),
  },
  {
    name: 'hostile values',
    fault:
      'all changes are made in contexts of texts with SQL, control characters, NUL, halves of surrogates and ' +
      '`__proto__`, some of them of 10 MB; the application and the worker killed now and then',
    places: [
      ...on('postgres', 'embedded', 'redis', 'sync'),
      ...on('mariadb', 'embedded'),
      ...on('sqlite', 'embedded'),
    ],
    context: 'hostile',
    async run(arena) {
      await arena.startWorkerIfAny();
      await arena.repeat('application killed', 3, [500, 1_000], async () => {
        const application = await arena.startApplication();
        await application.makes(200);
        await application.kill();
      });
    },
  },
  {
    name: 'clock jumps',
    fault: 'the clocks of application and worker jump by up to a day, forwards and back',
    places: on('postgres', 'embedded', 'redis'),
    env: { NODE_OPTIONS: `--require ${require.resolve('../children/jumping-clock')}` },
    async run(arena) {
      const application = await arena.startApplication();
      const worker = await arena.startWorker();
      await arena.repeat('clock jumped', 12, [50, 400], () =>
        arena.random.pick([application, worker]).signal('SIGUSR2'),
      );
    },
  },
];

function killed(scenario: Omit<Scenario, 'run'>): Scenario {
  return {
    ...scenario,
    async run(arena) {
      await arena.startWorkerIfAny();
      await arena.repeat('application killed', 6, [0, 0], async () => {
        const application = await arena.startApplication();
        await application.makes(arena.random.between(1, 400));
        await application.kill();
      });
    },
  };
}
