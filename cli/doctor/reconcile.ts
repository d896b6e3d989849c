import { encodeValues } from '../../lib/record/values';
import { reconciliationsOf } from '../../lib/reconcile/reconcile';
import type { Difference, ModelReport } from '../../lib/reconcile/report';
import { amount, records } from '../output';
import { withProgress } from '../progress';
import type { Session } from '../session';
import { stopSignal } from '../signals';
import type { TrailStatus } from '../../lib/status/trail-status';
import { fail, ok, warn } from './check';
import type { Check } from './check';

export interface ReconcileFlags {
  model?: string[];
  since?: Date;
  limit: number;
}

export interface Reconciled {
  readonly check: Check;
  /** Records that are not stored yet, or never will be: what differs may be just these. Null where that is not known. */
  readonly waiting: number | null;
  readonly models: readonly ModelReport[];
  /** The first of them. */
  readonly differences: readonly Difference[];
}

/** Compares the application's rows with the trail, model by model. Throws AUDIT_USAGE if it has no such models. */
export async function reconcile(
  { trail, options, output }: Session<ReconcileFlags>,
  status: TrailStatus,
): Promise<Reconciled> {
  const all = reconciliationsOf(trail.sequelize, trail, options.model);
  const waiting = waitingIn(status);
  if (waiting !== 0)
    output.note(
      `${waiting === null ? 'An unknown number of records is' : `${records(waiting)} are`} not stored yet: what differs may be just that.`,
    );
  const signal = stopSignal();
  const differences: Difference[] = [];
  const models: ModelReport[] = [];
  for (const { model, begin } of all) {
    const onDifference = (difference: Difference): void => {
      if (differences.length < options.limit) differences.push(plain(difference));
    };
    let onProgress: (rows: number) => void = () => undefined;
    const reconciliation = begin({
      since: options.since?.getTime(),
      signal,
      onDifference,
      onProgress: (rows) => onProgress(rows),
    });
    // Counting a large table takes its time, and only a person wants to know.
    const total = output.showsProgress ? await reconciliation.count() : 0;
    await withProgress(model, total, output, async (update) => {
      onProgress = update;
      models.push(await reconciliation.run());
    });
    if (signal.aborted) break;
  }
  return { check: checkOf(models, signal.aborted), waiting, models, differences };
}

function waitingIn({ buffer, rescue, buried }: TrailStatus): number | null {
  if (buffer?.error) return null;
  return (buffer?.records ?? 0) + rescue.records + buried.records;
}

function checkOf(models: readonly ModelReport[], isAborted: boolean): Check {
  const name = 'reconcile';
  const sum = (key: 'rows' | 'different' | 'notInTrail'): number =>
    models.reduce((total, model) => total + model[key], 0);
  const [rows, different, notInTrail] = [sum('rows'), sum('different'), sum('notInTrail')];
  const looked = `${amount(rows)} rows of ${models.map(({ model }) => model).join(', ')}`;
  if (different > 0)
    return fail(
      name,
      `${looked}: ${amount(different)} do not match the trail`,
      'See docs/running-the-worker.md, "Completeness".',
    );
  if (isAborted) return fail(name, `${looked}: stopped before the end`, 'Run it again.');
  if (notInTrail > 0)
    return warn(
      name,
      `${looked} match the trail, but for ${amount(notInTrail)} without any record`,
      'They may be older than auditing: judge only newer ones with --since.',
    );
  return ok(name, `${looked} match the trail`);
}

/** Values that JSON can show, as the trail writes them. */
function plain(difference: Difference): Difference {
  const { row, trail } = difference;
  return { ...difference, ...(JSON.parse(encodeValues({ row, trail })) as { row: unknown; trail: unknown }) };
}
