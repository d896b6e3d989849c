import { HasMany } from 'sequelize';
import type { FindOptions, Model, ModelStatic, Sequelize } from 'sequelize';

import { internalsOf } from './model';

/** An association that Sequelize asks for what belongs to instances, instead of joining tables. */
export interface SeparateAssociation {
  readonly as: string;
  /** The model of what belongs to an instance; asked for when the association is first used. */
  readonly target: () => ModelStatic<Model>;
  readonly foreignKey: string;
  /** What belongs to instances that were found, by what the getter of each one's key says. */
  readonly get: (instances: readonly Model[], options: FindOptions) => Promise<Record<string, Model[]>>;
}

interface Include {
  association?: unknown;
  separate?: boolean;
  include?: Include[];
}

class Separate extends (HasMany as unknown as new (
  source: unknown,
  target: unknown,
  options: object,
) => object) {
  readonly get: SeparateAssociation['get'];

  constructor(source: ModelStatic<Model>, { as, target, foreignKey, get }: SeparateAssociation) {
    super(source, target(), { as, foreignKey, constraints: false });
    this.get = get;
  }
}

const prepared = new WeakSet<Sequelize>();

/** Makes `include` of the association possible; `include: { all: true }` leaves it out. */
export function addSeparateAssociation(model: ModelStatic<Model>, association: SeparateAssociation): void {
  const { as } = association;
  const { associations } = internalsOf(model);
  const define = (property: PropertyDescriptor): void =>
    void Object.defineProperty(associations, as, { ...property, enumerable: false, configurable: true });
  define({
    get() {
      // Sequelize refuses an alias that is there already.
      delete associations[as];
      const made = new Separate(model, association);
      define({ value: made });
      return made;
    },
  });
  prepare(model.sequelize!);
}

function prepare(sequelize: Sequelize): void {
  if (prepared.has(sequelize)) return;
  prepared.add(sequelize);
  sequelize.addHook('beforeFindAfterExpandIncludeAll', (options: { include?: unknown }) => {
    readSeparately(options.include as Include[] | undefined);
  });
  // A count joins what it includes; what is read separately neither can be joined nor changes the number of rows.
  sequelize.addHook('beforeCount', function (this: unknown, options: { include?: unknown }) {
    const { associations } = internalsOf(this as ModelStatic<Model>);
    const isOurs = (include: unknown): boolean => {
      const meant = (include as Include | null)?.association ?? include;
      return (typeof meant === 'string' ? associations[meant] : meant) instanceof Separate;
    };
    if (Array.isArray(options.include))
      options.include = options.include.filter((include) => !isOurs(include));
    else if (isOurs(options.include)) delete options.include;
  });
}

function readSeparately(includes: Include[] | undefined): void {
  for (const include of Array.isArray(includes) ? includes : []) {
    if (include.association instanceof Separate) include.separate = true;
    readSeparately(include.include);
  }
}
