import type { DatabaseName } from '../world';
import type { ModelName } from './library';
import { Random } from './prng';
import type { Operation, PlainValues, Script, Step } from './script';
import { changedValues, condition, COUNTERS, distinct, freshValues, newValues, setValues } from './values';

/** One after the other, or several at the same time. */
export type Writers = 'one' | 'many';

/** A script of so many operations: the same for the same seed, database and writers. */
export function generate(seed: number, operations: number, database: DatabaseName, writers: Writers): Script {
  return new Generator(new Random(seed), database, writers).script(operations);
}

type Make = (model: ModelName) => Omit<Operation, 'call' | 'model'>;

class Generator {
  private fresh = 0;
  private isTogether = false;

  constructor(
    private readonly random: Random,
    private readonly database: DatabaseName,
    private readonly writers: Writers,
  ) {}

  script(operations: number): Script {
    const steps: Step[] = [];
    for (let left = operations; left > 0;) {
      const count = Math.min(left, this.random.chance(0.4) ? 1 : this.random.between(1, 12));
      if (this.writers === 'many' && count > 1 && this.random.chance(0.6)) steps.push(this.together(count));
      else if (this.random.chance(0.3)) steps.push(...this.operations(count));
      else steps.push(...this.block(this.withSavepoints(count)));
      left -= count;
    }
    return steps;
  }

  /** Each of them a transaction or one operation without. */
  private together(count: number): Step {
    const writers = Math.min(count, this.random.between(2, 4));
    this.isTogether = true;
    const steps = Array.from({ length: writers }, (): Step => {
      if (this.random.chance(0.3)) return this.operation();
      return { ends: this.ending(), steps: this.withSavepoints(Math.floor(count / writers)) };
    });
    this.isTogether = false;
    return { atOnce: true, steps };
  }

  /** One savepoint at a time: those that Sequelize nests bear one name. */
  private withSavepoints(count: number): Step[] {
    const steps: Step[] = [];
    for (let left = count; left > 0;) {
      const some = Math.min(left, this.random.between(1, 4));
      // findOrCreate makes a savepoint of its own.
      const isInside = (step: Operation): boolean => step.call !== 'findOrCreate';
      const inside = this.operations(some);
      if (this.random.chance(0.35)) steps.push(...this.block(inside.filter(isInside)));
      else steps.push(...inside);
      left -= some;
    }
    return steps;
  }

  /** What is rolled back may be tried again with the same instances. */
  private block(steps: readonly Step[]): Step[] {
    const ends = this.ending();
    const again =
      ends === 'rollback' && this.random.chance(0.7) ? this.random.list(1, 3, () => this.again()) : [];
    return [{ ends, steps }, ...again];
  }

  private again(): Operation {
    const model = this.random.pick<ModelName>(['Author', 'Author', 'Author', 'Tag', 'BookTag']);
    return { call: 'saveUndone', model, ...this.make.saveUndone(model) };
  }

  private ending(): 'commit' | 'rollback' {
    return this.random.chance(0.7) ? 'commit' : 'rollback';
  }

  private operations(count: number): Operation[] {
    return Array.from({ length: count }, () => this.operation());
  }

  private operation(): Operation {
    const model = this.random.pick<ModelName>(['Author', 'Author', 'Book', 'Book', 'Tag', 'BookTag']);
    const call = this.random.pick<Call>(this.isTogether ? AT_ONCE : CALLS);
    return { call, model, ...this.make[call](model) };
  }

  private readonly make: Record<Call, Make> = {
    create: (model) => ({ values: newValues(this.random, model), options: this.plainOptions() }),
    createWithOthers: (model) => ({
      values: freshValues(this.random, model, this.next()),
      more: this.random.list(1, 3, () => freshValues(this.random, 'Book', this.next())),
    }),
    bulkCreate: (model) => this.bulk(model),
    save: (model) => ({
      row: this.row(),
      values: changedValues(this.random, model),
      more: this.random.list(0, 2, () => changedValues(this.random, model)),
      options: this.updateOptions(),
    }),
    saveKept: (model) => ({ row: this.row(), values: changedValues(this.random, model), options: this.updateOptions() }),
    saveUndone: (model) => ({ row: this.row(), values: changedValues(this.random, model), options: this.updateOptions() }),
    destroyKept: () => ({ row: this.row(), options: this.deleteOptions() }),
    incrementKept: (model) => ({ row: this.row(), values: this.amounts(model) }),
    destroy: () => ({ row: this.row(), options: this.deleteOptions() }),
    restore: () => ({ row: this.row() }),
    incrementOne: (model) => ({ row: this.row(), values: this.amounts(model) }),
    updateSet: (model) => ({
      values: setValues(this.random, model),
      ...this.where(model),
      options: { ...this.updateOptions(), ...this.setOptions() },
    }),
    changeKey: () => ({ row: this.row(), values: { code: newValues(this.random, 'Tag').code ?? null } }),
    destroySet: (model) => ({ ...this.where(model), options: { ...this.deleteOptions(), ...this.setOptions() } }),
    restoreSet: () => this.where('Book'),
    incrementSet: (model) => ({ values: this.amounts(model), ...this.where(model) }),
    decrementSet: (model) => ({ values: this.amounts(model), ...this.where(model) }),
    upsert: (model) => ({ values: newValues(this.random, model), options: this.plainOptions() }),
    findOrCreate: (model) => ({ values: newValues(this.random, model) }),
    setTags: () => ({ row: this.row(), options: { rows: this.random.list(0, 4, () => this.row()) } }),
    addTag: () => ({ row: this.row(), options: { rows: [this.row()] }, values: { position: this.random.below(5) } }),
    removeTag: () => ({ row: this.row(), options: { rows: [this.row()] } }),
    setAuthor: () => ({ row: this.row(), options: { rows: [this.row()] } }),
    addBooks: () => ({ row: this.row(), options: { rows: this.random.list(1, 3, () => this.row()) } }),
  }; // prettier-ignore

  private bulk(model: ModelName): Omit<Operation, 'call' | 'model'> {
    const how = this.random.pick(this.isTogether ? ONE_STATEMENT : [...ONE_STATEMENT, 'individualHooks']);
    // Sequelize does not wait for the other rows when one of them fails in its hooks.
    const isSafe = how === 'individualHooks' || (how === 'plain' && this.random.chance(0.8));
    const rows = this.random.list(1, 5, () =>
      isSafe ? freshValues(this.random, model, this.next()) : newValues(this.random, model),
    );
    // A row that one statement writes twice has one record, and triggers see two changes.
    const more = how === 'updateOnDuplicate' ? distinct(rows, model) : rows;
    const updated = Object.keys(changedValues(this.random, model));
    if (how === 'updateOnDuplicate') {
      return { more, options: { updateOnDuplicate: [COUNTERS[model], ...updated.filter((name) => name !== COUNTERS[model])] } };
    }
    return { more, options: how === 'plain' ? this.plainOptions() : { [how]: true } };
  } // prettier-ignore

  private amounts(model: ModelName): PlainValues {
    return { [COUNTERS[model]]: this.random.pick([1, 2, 0, -3]) };
  }

  private where(model: ModelName): Pick<Operation, 'where'> {
    const where = condition(this.random, model);
    return where ? { where } : {};
  }

  private plainOptions(): PlainValues {
    return this.random.chance(0.15) ? { hooks: false } : {};
  }

  private updateOptions(): PlainValues {
    return { ...this.plainOptions(), ...(this.random.chance(0.1) ? { silent: true } : {}) };
  }

  private deleteOptions(): PlainValues {
    return this.random.chance(0.3) ? { force: true } : {};
  }

  private setOptions(): PlainValues {
    return {
      ...(this.random.chance(0.15) ? { limit: this.random.between(1, 3) } : {}),
      ...(!this.isTogether && this.random.chance(0.15) ? { individualHooks: true } : {}),
      ...(this.random.chance(0.15) ? { paranoid: false } : {}),
      ...(this.database === 'postgres' && this.random.chance(0.2) ? { returning: true } : {}),
    };
  }

  private row(): number {
    // Who writes at the same time should meet.
    return this.random.below(this.isTogether ? 4 : 1_000);
  }

  private next(): number {
    return (this.fresh += 1);
  }
}

const ONE_STATEMENT = ['plain', 'ignoreDuplicates', 'updateOnDuplicate'] as const;

/** As often as they are named. */
const AT_ONCE = [
  'create', 'create', 'bulkCreate', 'bulkCreate', 'save', 'save', 'saveKept', 'saveKept', 'destroyKept', 'incrementKept',
  'destroy', 'restore', 'incrementOne', 'updateSet', 'updateSet', 'changeKey', 'destroySet', 'restoreSet',
  'incrementSet', 'decrementSet', 'upsert', 'upsert', 'findOrCreate', 'removeTag', 'setAuthor', 'addBooks',
] as const; // prettier-ignore

/** With those that Sequelize makes of several statements at once: it does not wait for the others when one fails. */
const CALLS = [...AT_ONCE, 'create', 'createWithOthers', 'save', 'setTags', 'addTag'] as const;
export type Call = (typeof CALLS)[number] | 'saveUndone';
