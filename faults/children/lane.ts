import { literal } from 'sequelize';
import type { Transaction } from 'sequelize';

import type { Change, Item, Ledger } from '../ledger';
import type { Random } from '../../spec/support/random/prng';
import type { Items } from './items';

const BULK = 40;
/** A lane that has more rows than this rather deletes. */
const MANY = 400;

/** What an operation changes, and how it is done. */
interface Plan {
  readonly changes: readonly Change[];
  /** Resolves to false where it was undone, as it was meant to be. */
  readonly run: () => Promise<boolean | void>;
}

class Undone extends Error {}

/** One user of the application: does one thing after another, with rows that nobody else touches. */
export class Lane {
  private rows: Item[] = [];
  private count = 0;

  constructor(
    private readonly name: string,
    private readonly items: Items,
    private readonly ledger: Ledger,
    private readonly random: Random,
  ) {}

  /** One operation; answers how many changes were acknowledged. */
  async step(): Promise<number> {
    const operation = `${this.name}.${++this.count}`;
    const plan = this.plan();
    this.ledger.begin(operation, plan.changes);
    // Whatever becomes of it: of what is not known the lane keeps away.
    const touched = new Set(plan.changes.flatMap(({ before, after }) => [before?.id, after?.id]));
    const before = this.rows;
    this.rows = this.rows.filter(({ id }) => !touched.has(id));
    try {
      const isDone = (await plan.run()) !== false;
      this.ledger.end(operation, isDone ? 'acknowledged' : 'undone');
      if (isDone) this.rows.push(...plan.changes.flatMap(({ after }) => after ?? []));
      else this.rows = before;
      return isDone ? plan.changes.length : 0;
    } catch (error) {
      this.ledger.end(operation, 'unknown');
      throw error;
    }
  }

  private plan(): Plan {
    const few = this.rows.length < 4;
    const many = this.rows.length > MANY;
    if (few) return this.bulkCreate();
    const plans = [
      () => this.create(),
      () => this.update(),
      () => this.destroy(),
      () => this.several(),
      () => this.undone(),
      () => this.savepoint(),
      () => this.set(),
      () => (many ? this.destroySet() : this.bulkCreate()),
    ];
    return this.random.pick(plans)();
  }

  private create(): Plan {
    const after = this.newItem();
    return {
      changes: [{ before: null, after }],
      run: async () => void (await this.items.create({ ...after })),
    };
  }

  private update(): Plan {
    const change = this.changed(this.pick());
    return { changes: [change], run: () => this.write(change) };
  }

  private destroy(): Plan {
    const before = this.pick();
    return { changes: [{ before, after: null }], run: () => this.remove(before) };
  }

  private bulkCreate(): Plan {
    const rows = Array.from({ length: BULK }, () => this.newItem());
    return {
      changes: rows.map((after) => ({ before: null, after })),
      run: async () => void (await this.items.bulkCreate(rows.map((row) => ({ ...row })))),
    };
  }

  private set(): Plan {
    const text = this.text();
    const rows = this.some();
    return {
      changes: rows.map((before) => ({
        before,
        after: { id: before.id, version: before.version + 1, text },
      })),
      run: async () =>
        void (await this.items.update(
          { version: literal('version + 1'), text },
          { where: { id: idsOf(rows) } },
        )),
    };
  }

  private destroySet(): Plan {
    const rows = this.some();
    return {
      changes: rows.map((before) => ({ before, after: null })),
      run: async () => void (await this.items.destroy({ where: { id: idsOf(rows) } })),
    };
  }

  private several(): Plan {
    const [first, second] = [this.pick(), this.rows.at(-1) as Item];
    const created = { before: null, after: this.newItem() };
    const updated = this.changed(first);
    const removed = first === second ? [] : [second];
    return {
      changes: [created, updated, ...removed.map((before) => ({ before, after: null }))],
      run: () =>
        this.within(async (transaction) => {
          await this.items.create({ ...created.after }, { transaction });
          await this.write(updated, transaction);
          for (const item of removed) await this.remove(item, transaction);
        }),
    };
  }

  /** Nothing of it may ever be recorded. */
  private undone(): Plan {
    const updated = this.changed(this.pick());
    const created = { before: null, after: this.newItem() };
    const run = async (): Promise<boolean> => {
      await this.within(async (transaction) => {
        await this.write(updated, transaction);
        await this.items.create({ ...created.after }, { transaction });
        throw new Undone();
      }).catch(passIfUndone);
      return false;
    };
    return { changes: [updated, created], run };
  }

  /** Of a transaction, a part is undone. */
  private savepoint(): Plan {
    const created = { before: null, after: this.newItem() };
    const undone = this.changed(this.pick());
    return {
      changes: [created],
      run: () =>
        this.within(async (transaction) => {
          await this.items.create({ ...created.after }, { transaction });
          await this.within(async (inner) => {
            await this.write(undone, inner);
            throw new Undone();
          }, transaction).catch(passIfUndone);
        }),
    };
  }

  private async write({ before, after }: Change, transaction?: Transaction): Promise<void> {
    const instance = this.instance(before as Item);
    await instance.update({ ...after }, transaction ? { transaction } : {});
  }

  private async remove(item: Item, transaction?: Transaction): Promise<void> {
    await this.instance(item).destroy(transaction ? { transaction } : {});
  }

  private instance(item: Item): InstanceType<Items> {
    return this.items.build({ ...item }, { isNewRecord: false, raw: true });
  }

  private within(work: (transaction: Transaction) => Promise<void>, parent?: Transaction): Promise<void> {
    return this.items.sequelize!.transaction(parent ? { transaction: parent } : {}, work);
  }

  private pick(): Item {
    return this.random.pick(this.rows);
  }

  private some(): Item[] {
    const first = this.random.between(0, Math.max(0, this.rows.length - BULK));
    return this.rows.slice(first, first + BULK);
  }

  private newItem(): Item {
    return { id: `${this.name}-${++this.count}`, version: 1, text: this.text() };
  }

  private changed(before: Item): Change {
    return { before, after: { id: before.id, version: before.version + 1, text: this.text() } };
  }

  /** Never twice the same, and not easy to carry. */
  private text(): string {
    return `${this.name} ${++this.count} "☕"\t\\n'; -- ${'·'.repeat(this.random.between(0, 60))}`;
  }
}

function idsOf(items: readonly Item[]): string[] {
  return items.map(({ id }) => id);
}

function passIfUndone(error: unknown): void {
  if (!(error instanceof Undone)) throw error;
}
