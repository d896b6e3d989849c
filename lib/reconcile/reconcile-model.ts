import type { AuditedModel } from '../capture/model/audited-model';
import { internalsOf } from '../adapter/model';
import type { Column } from '../capture/model/columns';
import type { AuditTrail } from '../trail/trail';
import { Judge } from './judge';
import type { Verdict } from './judge';
import { LiveRows } from '../capture/live-rows';
import type { LiveRow } from '../capture/live-rows';
import { emptyReport } from './report';
import type { Difference, ModelReport } from './report';
import { TrailReader } from './trail-reader';

/** Rows, or keys, that are in memory at once. */
const PAGE = 500;
/** Keys that are remembered to be decided at the end, when all of the table has been seen. */
const MAX_REMEMBERED = 10_000;

export interface ReconcileOptions {
  /** Rows that were created later than this must have a record; without it none need to. Milliseconds since 1970. */
  readonly since?: number | undefined;
  readonly signal?: AbortSignal;
  /** Called with the number of rows done. */
  onProgress?(rows: number): void;
  /** Called with each difference. */
  onDifference?(difference: Difference): void;
}

/**
 * Compares the rows of one model with the trail, page by page: what is in memory does not grow with the table.
 * Nothing is locked, and the application may go on writing: what differs is looked at once more. Records that wait
 * to be stored are not seen.
 */
export class ModelReconciliation {
  private readonly report: ModelReport;
  private readonly judge: Judge;
  private readonly live: LiveRows;
  private readonly trail: TrailReader;
  private readonly createdAt: Column | undefined;
  /** Keys that rows had before they changed: nothing is missing there. */
  private readonly former = new Set<string>();
  /** What looks wrong unless its key was changed. */
  private readonly doubtful: Difference[] = [];

  constructor(
    private readonly audited: AuditedModel,
    trail: AuditTrail,
    private readonly options: ReconcileOptions = {},
  ) {
    this.report = emptyReport(audited.name);
    this.judge = new Judge(audited);
    const { columns } = audited;
    const { createdAt } = internalsOf(audited.model)._timestampAttributes;
    this.createdAt = columns.byName.get(createdAt ?? '');
    const needed = [...columns.keys, ...this.judge.compared, ...(this.createdAt ? [this.createdAt] : [])];
    this.live = new LiveRows(audited.model, audited, [...new Set(needed)]);
    this.trail = new TrailReader(trail, audited);
  }

  /** The number of rows, for those who want to tell how far it is. */
  count(): Promise<number> {
    return this.live.count();
  }

  /** Throws what the databases throw. */
  async run(): Promise<ModelReport> {
    const { report, options } = this;
    for await (const { rows, keyless } of this.live.pages(PAGE)) {
      if (options.signal?.aborted) break;
      await this.compare(rows);
      report.rows += rows.length + keyless;
      report.notInTrail += keyless;
      options.onProgress?.(report.rows);
    }
    if (this.judge.records('created') && this.judge.records('deleted')) {
      for await (const keys of this.trail.keys(PAGE)) {
        if (options.signal?.aborted) break;
        await this.findGone(keys);
      }
    }
    for (const difference of this.doubtful) {
      if (!this.former.has(difference.key)) this.tell(difference);
      else if (difference.kind === 'recreated') report.matching++;
    }
    report.hasSummaries = await this.trail.hasSummaries();
    return report;
  }

  private async compare(rows: readonly LiveRow[]): Promise<void> {
    const { doubted } = await this.judgeAll(rows, false);
    if (doubted.length === 0) return;
    // Between the reading of the row and that of its records both may have changed.
    const again = await this.live.byKeys(doubted);
    const unasked = new Set(again.unasked);
    await this.judgeAll([...again.rows, ...rows.filter(({ key }) => unasked.has(key))], true);
  }

  /** Of rows that differ only the keys are told, unless the answer is final. */
  private async judgeAll(rows: readonly LiveRow[], isFinal: boolean): Promise<{ doubted: string[] }> {
    const histories = await this.trail.histories(
      rows.map(({ key }) => key),
      this.judge.compared,
    );
    const doubted: string[] = [];
    for (const live of rows) {
      const history = histories.get(live.key);
      const verdict = history ? this.judge.judge(live, history) : this.withoutRecords(live);
      if (verdict && verdict.differences.length > 0 && !isFinal) doubted.push(live.key);
      else this.account(verdict);
      for (const key of history?.formerKeys ?? [])
        if (this.former.size < MAX_REMEMBERED) this.former.add(key);
    }
    return { doubted };
  }

  private account(verdict: Verdict | undefined): void {
    if (!verdict) {
      this.report.notInTrail++;
      return;
    }
    const { differences, reordered, unknown } = verdict;
    this.report.reordered += reordered;
    this.report.unknown += unknown;
    const [first] = differences;
    if (!first) {
      this.report.matching++;
    } else if (first.kind === 'recreated' && this.doubtful.length < MAX_REMEMBERED) {
      this.doubtful.push(first);
    } else {
      this.report.different++;
      for (const difference of differences) this.options.onDifference?.(difference);
    }
  }

  /** Undefined where nothing can be said: the row may be older than auditing. */
  private withoutRecords({ key, row }: LiveRow): Verdict | undefined {
    const { since } = this.options;
    const created = this.createdAt ? Date.parse(String(row[this.createdAt.name])) : NaN;
    if (since === undefined || !this.judge.records('created') || !(created >= since)) return undefined;
    const model = this.audited.name;
    const about = { model, key, attribute: null, row: null, trail: null, record: null };
    return { differences: [{ ...about, kind: 'unrecorded' }], reordered: 0, unknown: 0 };
  }

  private async findGone(keys: readonly string[]): Promise<void> {
    const missing = await this.missing(keys);
    if (missing.length === 0) return;
    const histories = await this.trail.histories(missing, []);
    for (const { formerKeys } of histories.values())
      for (const key of formerKeys) if (this.former.size < MAX_REMEMBERED) this.former.add(key);
    const alive = missing.filter((key) => (histories.get(key)?.existing ?? 0) > 0);
    if (alive.length === 0) return;
    // They may have come back, or their last record may have arrived, since.
    const still = new Set(await this.missing(alive, false));
    const latest = await this.trail.histories([...still], []);
    for (const [key, { existing, latest: record }] of latest) {
      if (existing < 1) continue;
      const model = this.audited.name;
      this.doubt({ model, key, kind: 'gone', attribute: null, row: null, trail: null, record });
    }
  }

  private async missing(keys: readonly string[], counts = true): Promise<string[]> {
    const { rows, unasked } = await this.live.byKeys(keys);
    if (counts) this.report.unchecked += unasked.length;
    const there = new Set([...rows.map(({ key }) => key), ...unasked]);
    return keys.filter((key) => !there.has(key));
  }

  private doubt(difference: Difference): void {
    if (this.doubtful.length < MAX_REMEMBERED) this.doubtful.push(difference);
    else if (!this.former.has(difference.key)) this.tell(difference);
  }

  private tell(difference: Difference): void {
    this.report.different++;
    if (difference.kind === 'gone') this.report.gone++;
    this.options.onDifference?.(difference);
  }
}
