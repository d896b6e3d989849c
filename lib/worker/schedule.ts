import { createTask } from 'node-cron';
import type { ScheduledTask } from 'node-cron';

import { messageOf } from '../errors';
import type { Logger } from '../logger';
import type { Tasks } from '../storage/tasks';

export interface ScheduledWork {
  readonly name: string;
  readonly expression: string;
  /** `trail`: one replica at a time does it for all. `host`: each replica does it for what lies on its disk. */
  readonly scope: 'trail' | 'host';
  /** False if the work was cut short, and is still to be done. */
  run(alive: () => Promise<boolean>): Promise<boolean>;
}

/**
 * Runs work at its times, on one replica at a time. A run that was missed because no replica was up is
 * made up at the start: node-cron does not do that, so the time of the next run is kept in the database.
 */
export class Schedule {
  private readonly tasks: ScheduledTask[] = [];
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly replicas: Tasks,
    private readonly logger: Logger,
  ) {}

  add(work: ScheduledWork): void {
    const task = createTask(work.expression, () => this.track(this.runOnce(work, task)), {
      name: `audit-${work.name}`,
      noOverlap: true,
      unref: true,
      suppressMissedWarning: true,
    });
    this.tasks.push(task);
    void task.start();
    void this.track(this.makeUp(work, task));
  }

  /** Ends the schedule and waits for what runs. */
  async stop(): Promise<void> {
    for (const task of this.tasks) await task.destroy();
    await Promise.all(this.running);
  }

  private async makeUp(work: ScheduledWork, task: ScheduledTask): Promise<void> {
    if (work.scope === 'host') return this.runOnce(work, task);
    try {
      if (!(await this.replicas.missed(work.name, task.getNextRun()))) return;
      this.logger.info(`The scheduled "${work.name}" was missed while no worker was up; it runs now.`);
    } catch (error) {
      this.logger.debug(`Whether "${work.name}" was missed could not be read: ${messageOf(error)}`);
      return;
    }
    await this.runOnce(work, task);
  }

  private async runOnce(work: ScheduledWork, task: ScheduledTask): Promise<void> {
    try {
      if (work.scope === 'host') await work.run(() => Promise.resolve(true));
      else await this.replicas.runExclusively(work.name, task.getNextRun(), (alive) => work.run(alive));
    } catch (error) {
      this.logger.warn(
        `The scheduled "${work.name}" failed and will run again at its next time: ${messageOf(error)}`,
      );
    }
  }

  private track(run: Promise<void>): Promise<void> {
    this.running.add(run);
    return run.finally(() => this.running.delete(run));
  }
}
