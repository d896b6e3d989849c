import { expect } from 'chai';
import { DataTypes, QueryTypes } from 'sequelize';
import type { Model, ModelAttributes, ModelStatic, Sequelize } from 'sequelize';

import { withAudit } from '../../lib';
import { outcomeOf } from './outcome';
import type { Stage } from './stage';

export type Twin = ModelStatic<Model>;

/** Each table twice; the application must not be able to tell which of the two is audited. */
export function twins(
  sequelize: Sequelize,
  name: string,
  attributes: () => ModelAttributes,
): Record<string, Twin> {
  const define = (kind: string): Twin =>
    sequelize.define(`${kind}_${name}`, attributes(), { tableName: `${kind}_${name}`, timestamps: false });
  return { [`audited_${name}`]: withAudit(define('audited')), [`plain_${name}`]: define('plain') };
}

/** Does the same with both, and compares what comes of it, the tables too. */
export async function alike(
  stage: Stage<Record<string, Twin>>,
  name: string,
  work: (model: Twin) => Promise<unknown>,
): Promise<void> {
  const done = async (model: Twin): Promise<unknown> => [
    await outcomeOf(() => work(model)),
    await stage.sequelize.query(`SELECT * FROM ${model.tableName} ORDER BY 1, 2, 3`, {
      type: QueryTypes.SELECT,
    }),
  ];
  const { [`audited_${name}`]: audited, [`plain_${name}`]: plain } = stage.models;
  const found = await done(audited!);
  expect(found).to.deep.equal(await done(plain!));
  expect(found).to.have.nested.property('[0].returned');
}

/** A table of plain columns, and twins of it. */
export function textTwins(sequelize: Sequelize): Record<string, Twin> {
  return twins(sequelize, 'text', () => ({
    id: { type: DataTypes.INTEGER, primaryKey: true },
    name: DataTypes.STRING,
    count: DataTypes.INTEGER,
    parent: DataTypes.INTEGER,
  }));
}

/** Four rows of it, with names that look as if values were bound. */
export function fourTexts(model: Twin): Promise<Model[]> {
  return model.bulkCreate(
    ['$$x', '$x', '$5', 'A'].map((name, index) => ({ id: index + 1, name, count: index })),
  );
}
