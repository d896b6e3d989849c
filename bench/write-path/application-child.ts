/** A process with some of the applications of a case, each of which does rounds of the same operation when it is told to. */
import { reset } from '../capture/operation';
import type { Operation } from '../capture/operation';
import { ROW_OPERATIONS } from '../capture/row-operations';
import { measureRound } from '../support/round';
import type { Cost } from '../support/round';
import { openApplication } from './application';
import type { Application, ApplicationOptions } from './application';
import type { Home } from './keeper';
import type { VariantName } from './variants';
import { endWithRun, partFromRun, tellRun } from '../support/run-link';

/** What the process is told at its start. */
export interface ApplicationTask extends ApplicationOptions {
  readonly operation: string;
  readonly homes: Readonly<Partial<Record<VariantName, Home>>>;
}

/** Later, whose turn it is; `count`: so many operations, of which the clocks do not see the first. */
export type Order =
  | { readonly round: VariantName; readonly count: number; readonly lead: number }
  | { readonly records: VariantName }
  | 'end';

export type Told = { readonly kind: 'ready' } | { readonly cost: Cost } | { readonly records: number };

const tell: (told: Told) => void = tellRun;

endWithRun();

async function main(task: ApplicationTask): Promise<void> {
  const operation = ROW_OPERATIONS.find(({ name }) => name === task.operation) as Operation;
  const applications = new Map<string, Application>();
  for (const [variant, home] of Object.entries(task.homes) as [VariantName, Home][]) {
    const application = await openApplication(variant, home, task);
    await reset(application, operation);
    applications.set(variant, application);
  }

  const obey = async (order: Exclude<Order, 'end'>): Promise<Told> => {
    const application = applications.get('round' in order ? order.round : order.records) as Application;
    if ('records' in order) return { records: await application.records() };
    const operations = await operation.prepare(application, order.count);
    const { users } = task;
    const settle = (): Promise<void> => application.settle();
    return { cost: await measureRound(operations, { users, lead: order.lead, settle }) };
  };
  process.on('message', (order: Order) => {
    if (order !== 'end') return void obey(order).then(tell);
    partFromRun();
    void Promise.all([...applications.values()].map((application) => application.close()));
  });
  tell({ kind: 'ready' });
}

void main(JSON.parse(process.argv[2] ?? '') as ApplicationTask);
