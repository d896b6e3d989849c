import { HasMany, Op } from 'sequelize';
import type { FindOptions, Model, ModelStatic, Sequelize } from 'sequelize';

import { AuditError } from '../errors';
import { internalsOf } from '../adapter/model';
import type { Audit } from '../storage/audit-model';
import { trailOf } from '../trail/registry';
import { AuditedModel } from './model/audited-model';

interface Include {
  association?: unknown;
  separate?: boolean;
  include?: Include[];
}

/**
 * What `include: 'audits'` means. Keys of the model are of any type and keys in the trail are text, so
 * that a JOIN would fail (PostgreSQL) or miss its index (MySQL, SQLite): the records are read in one
 * query of their own, which also works where the trail lives in another database.
 */
class AuditsAssociation extends (HasMany as unknown as new (
  source: unknown,
  target: unknown,
  options: object,
) => object) {
  constructor(private readonly audited: ModelStatic<Model>) {
    super(audited, trailOf(audited.sequelize!).Audit, {
      as: 'audits',
      foreignKey: 'auditableId',
      constraints: false,
    });
  }

  /** Called by Sequelize with what it has found; the records by the key of their instance. */
  async get(instances: Model[], options: FindOptions): Promise<Record<string, Audit[]>> {
    const { history } = trailOf(this.audited.sequelize!);
    const attribute = keyAttributeOf(this.audited);
    const model = AuditedModel.of(this.audited);
    const keyOf = (instance: Model): string => model?.keyOfInstance(instance) ?? '';
    const keys = [...new Set(instances.map(keyOf))];
    const { where, order, limit, transaction } = options;
    const read = (key: string | string[]): Promise<Audit[]> =>
      history.of(this.audited.name, key, {
        ...(where ? { where: { [Op.and]: [where] } } : {}),
        ...(order ? { order } : {}),
        ...(limit ? { limit } : {}),
        ...(transaction ? { transaction } : {}),
      });
    // A limit is meant for each instance.
    const audits = limit ? (await Promise.all(keys.map(read))).flat() : await read(keys);
    const byKey = new Map<string, Audit[]>(keys.map((key) => [key, []]));
    for (const audit of audits) byKey.get(audit.auditableId ?? '')?.push(audit);
    // Sequelize looks them up by what the getter of the key says.
    const found = Object.create(null) as Record<string, Audit[]>;
    for (const instance of instances)
      found[String(instance.get(attribute))] = byKey.get(keyOf(instance)) ?? [];
    return found;
  }
}

const prepared = new WeakSet<Sequelize>();

/** Makes `include: 'audits'` possible; the trail is not opened before it is used. */
export function addAuditsAssociation(model: ModelStatic<Model>): void {
  const sequelize = model.sequelize!;
  const { associations } = internalsOf(model);
  // Not enumerable: include: { all: true } does not mean the trail.
  const define = (property: PropertyDescriptor): void =>
    void Object.defineProperty(associations, 'audits', {
      ...property,
      enumerable: false,
      configurable: true,
    });
  define({
    get() {
      // Sequelize refuses an alias that is there already.
      delete associations.audits;
      const association = new AuditsAssociation(model);
      define({ value: association });
      return association;
    },
  });
  if (prepared.has(sequelize)) return;
  prepared.add(sequelize);
  sequelize.addHook('beforeFindAfterExpandIncludeAll', (options: { include?: unknown }) => {
    readSeparately(options.include as Include[] | undefined);
  });
  // A count joins what it includes; the records neither can be joined nor change the number of rows.
  sequelize.addHook('beforeCount', function (this: unknown, options: { include?: unknown }) {
    const { associations } = internalsOf(this as ModelStatic<Model>);
    const isOurs = (include: unknown): boolean => {
      const meant = (include as Include | null)?.association ?? include;
      return (typeof meant === 'string' ? associations[meant] : meant) instanceof AuditsAssociation;
    };
    if (Array.isArray(options.include))
      options.include = options.include.filter((include) => !isOurs(include));
    else if (isOurs(options.include)) delete options.include;
  });
}

function readSeparately(includes: Include[] | undefined): void {
  for (const include of Array.isArray(includes) ? includes : []) {
    if (include.association instanceof AuditsAssociation) include.separate = true;
    readSeparately(include.include);
  }
}

function keyAttributeOf(model: ModelStatic<Model>): string {
  const [attribute, another] = internalsOf(model).primaryKeyAttributes ?? [];
  if (attribute !== undefined && another === undefined) return attribute;
  throw new AuditError(
    'AUDIT_OPTION',
    `include: 'audits' needs a primary key of one attribute, and ${model.name} has several. Use instance.getAudits().`,
  );
}
