import type { DatabaseName } from '../world';
import { AT_ONCE, CALLS, ONE_STATEMENT } from './calls';
import type { Call } from './calls';
import type { ModelName } from './library';
import type { Random } from './prng';
import type { Operation, Plain, PlainValues } from './script';
import { changedValues, condition, COUNTERS, distinct, freshValues, newValues, setValues } from './values';

type Make = (model: ModelName) => Omit<Operation, 'call' | 'model'>;

const MODELS = ['Author', 'Author', 'Book', 'Book', 'Tag', 'BookTag'] as const;
/** What the name of an operation's model decides. */
const OF_NOTES = [
  'create', 'bulkCreate', 'save', 'destroy', 'incrementOne', 'updateSet', 'destroySet', 'incrementSet', 'decrementSet', 'upsert',
] as const; // prettier-ignore
const SETS: readonly Call[] = ['bulkCreate', 'updateSet', 'destroySet', 'incrementSet', 'decrementSet'];

const MEET: readonly Call[] = ['create', 'upsert', 'findOrCreate'];

/** Makes the operations of a script. */
export class Operations {
  /** The unique value of a new row that several want to write who write at the same time. */
  private meeting: string | undefined;
  private number = 0;

  constructor(
    private readonly random: Random,
    private readonly database: DatabaseName,
  ) {}

  /** What `make` makes will run at the same time: statements that Sequelize makes one by one, on the same few rows. */
  atOnce<T>(make: () => T): T {
    this.meeting = `meet ${this.next()}`;
    const made = make();
    this.meeting = undefined;
    return made;
  }

  get isTogether(): boolean {
    return this.meeting !== undefined;
  }

  some(count: number): Operation[] {
    return Array.from({ length: count }, () => this.one());
  }

  one(): Operation {
    if (!this.isTogether && this.random.chance(0.08)) return this.ofNotes();
    const model = this.random.pick<ModelName>(MODELS);
    const operation = this.of(this.random.pick<Call>(this.isTogether ? AT_ONCE : CALLS), model);
    return this.isTogether && this.random.chance(0.3) ? this.atMeeting(operation) : operation;
  }

  private atMeeting(operation: Operation): Operation {
    const { call, model, values, more: [first, ...others] = [] } = operation;
    const attribute = { Author: 'name', Book: 'isbn', Tag: 'code', BookTag: 'tagCode', Note: 'text' }[model];
    const met = { [attribute]: this.meeting ?? null };
    if (call === 'bulkCreate') return { ...operation, more: [{ ...first, ...met }, ...others] };
    return MEET.includes(call as Call) ? { ...operation, values: { ...values, ...met } } : operation;
  }

  /** A write of an instance that will be undone, and others of the same and the like afterwards. */
  undone(): { first: Operation; again: Operation[] } {
    const model = this.random.pick<ModelName>(['Author', 'Author', 'Author', 'Tag', 'BookTag']);
    return {
      first: this.of('save', model),
      again: this.random.list(1, 3, () => this.of('saveUndone', model)),
    };
  }

  truncate(): Operation {
    return this.of('truncate', this.random.pick<ModelName>(MODELS));
  }

  /** Half of them are not to be recorded. */
  private ofNotes(): Operation {
    const operation = this.of(this.random.pick<Call>(OF_NOTES), 'Note');
    if (this.random.chance(0.5)) return operation;
    const isOff = SETS.includes(operation.call as Call) && !operation.options?.individualHooks;
    const audit: Plain = isOff && this.random.chance(0.5) ? { bulk: 'off' } : false;
    return { ...operation, options: { ...operation.options, audit } };
  }

  private of(call: Call, model: ModelName): Operation {
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
    truncate: () => ({ options: this.deleteOptions() }),
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
    return { ...(this.random.chance(0.15) ? { hooks: false } : {}), ...this.auditOptions() };
  }

  /** See expectCalls in told.ts. */
  private auditOptions(): PlainValues {
    if (!this.random.chance(0.15)) return {};
    const number = this.next();
    return { audit: { reason: `call ${number}`, tags: [`call ${number}`], user: { type: 'User', id: number }, bulk: 'rows' } };
  } // prettier-ignore

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
    return (this.number += 1);
  }
}
