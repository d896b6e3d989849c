import { DataTypes } from 'sequelize';
import type { Model, ModelStatic, Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import type { ModelAuditOptions } from '../../../lib';

export type ModelName = 'Author' | 'Book' | 'Tag' | 'BookTag' | 'Note';
export type Library = Record<ModelName, ModelStatic<Model>>;

/** Where old values come from: as it is by default or asked of the database by Book alone, or by all models. */
export type LibraryKind = 'mixed' | 'database';

/** The models of which an instance may be overtaken by others, and its records still have to be right. */
export const MAY_BE_OVERTAKEN: Record<LibraryKind, ReadonlySet<string>> = {
  mixed: new Set<ModelName>(['Book']),
  database: new Set<ModelName>(['Author', 'Book', 'Tag', 'BookTag', 'Note']),
};

/**
 * Models that differ in what matters to capture: many types and renamed columns (Author), a mark of deletion
 * and a version (Book), a key that can change (Tag), a key of two attributes (BookTag).
 * Of notes the script asks that some changes are not recorded.
 */
export function library(sequelize: Sequelize, kind: LibraryKind = 'mixed'): Library {
  const others: ModelAuditOptions = kind === 'database' ? { oldValues: 'database' } : {};
  const Author = withAudit(
    sequelize.define(
      'Author',
      {
        name: { type: DataTypes.STRING, unique: true, allowNull: false },
        age: { type: DataTypes.INTEGER, defaultValue: 30, field: 'years' },
        funds: DataTypes.BIGINT,
        rate: DataTypes.DECIMAL(12, 4),
        score: DataTypes.DOUBLE,
        isActive: DataTypes.BOOLEAN,
        born: DataTypes.DATEONLY,
        seenAt: DataTypes.DATE(6),
        js: DataTypes.JSON,
        photo: DataTypes.BLOB,
      },
      { underscored: true },
    ),
    others,
  );
  const Book = withAudit(
    sequelize.define(
      'Book',
      {
        title: DataTypes.STRING,
        isbn: { type: DataTypes.STRING, unique: true },
        price: { type: DataTypes.INTEGER, field: 'unit_price' },
        kind: DataTypes.ENUM('novel', 'poem', 'essay'),
      },
      { paranoid: true, version: true },
    ),
    { oldValues: 'database' },
  );
  const Tag = withAudit(
    sequelize.define(
      'Tag',
      {
        code: { type: DataTypes.STRING(40), primaryKey: true },
        label: DataTypes.STRING,
        weight: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
      },
      { timestamps: false },
    ),
    others,
  );
  const BookTag = withAudit(
    sequelize.define(
      'BookTag',
      { position: DataTypes.INTEGER, note: DataTypes.STRING },
      { timestamps: false },
    ),
    others,
  );
  const Note = withAudit(
    sequelize.define(
      'Note',
      { text: DataTypes.STRING, stars: { type: DataTypes.INTEGER, defaultValue: 1 } },
      { timestamps: false },
    ),
    others,
  );
  // No foreign keys in the database: MariaDB fires no triggers for what they change.
  const loose = { constraints: false };
  Author.hasMany(Book, { as: 'books', foreignKey: 'authorId', ...loose });
  Book.belongsTo(Author, { as: 'author', foreignKey: 'authorId', ...loose });
  Book.belongsToMany(Tag, {
    through: BookTag,
    as: 'tags',
    foreignKey: 'bookId',
    otherKey: 'tagCode',
    ...loose,
  });
  Tag.belongsToMany(Book, {
    through: BookTag,
    as: 'books',
    foreignKey: 'tagCode',
    otherKey: 'bookId',
    ...loose,
  });
  return { Author, Book, Tag, BookTag, Note };
}
