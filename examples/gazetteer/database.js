const fs = require('node:fs');
const path = require('node:path');

const { DataTypes, Sequelize } = require('sequelize');
const countries = require('world-countries');
const { version } = require('world-countries/package.json');

const { configureAudit, runWithAuditContext, withAudit } = require('sequelize-async-audit');

/** The people who may edit, by the login they send in the header `x-user`. */
const PEOPLE = [
  { login: 'importer', name: 'Importer' },
  { login: 'oyvind', name: 'Øyvind' },
  { login: 'olena', name: 'Олена' },
  { login: 'hanako', name: '花子' },
];

/** Opens the gazetteer in a directory: its SQLite file, its models and its audit trail. */
async function openDatabase(directory) {
  fs.mkdirSync(directory, { recursive: true });
  const sequelize = new Sequelize({
    dialect: 'sqlite',
    storage: path.join(directory, 'gazetteer.sqlite'),
    logging: false,
  });

  const User = sequelize.define('User', {
    login: { type: DataTypes.STRING, allowNull: false, unique: true },
    name: { type: DataTypes.STRING, allowNull: false },
  });

  const trail = configureAudit(sequelize, { userModel: User, dir: path.join(directory, '.audit') });

  const Country = sequelize.define(
    'Country',
    {
      code: { type: DataTypes.STRING(3), primaryKey: true },
      name: { type: DataTypes.STRING, allowNull: false, validate: { notEmpty: true } },
      region: { type: DataTypes.STRING, allowNull: false },
      capital: { type: DataTypes.JSON, allowNull: false },
      area: { type: DataTypes.FLOAT, validate: { isFloat: true, min: 0 } },
      independent: { type: DataTypes.BOOLEAN },
      languages: { type: DataTypes.JSON, allowNull: false },
      translations: { type: DataTypes.JSON, allowNull: false },
    },
    { paranoid: true },
  );
  withAudit(Country, { exclude: ['createdAt', 'updatedAt'] });

  await sequelize.sync();
  await trail.migrate();
  await User.bulkCreate(PEOPLE, { ignoreDuplicates: true });
  return { sequelize, trail };
}

/** Imports the data set, in the name of the user "importer". */
async function importCountries(sequelize) {
  const { Country, User } = sequelize.models;
  const user = await User.findOne({ where: { login: 'importer' } });
  const rows = countries.map((country) => ({
    code: country.cca3,
    name: country.name.common,
    region: country.region,
    capital: country.capital,
    area: country.area,
    independent: country.independent,
    languages: country.languages,
    translations: country.translations,
  }));
  await runWithAuditContext({ user, reason: `world-countries ${version}` }, () => Country.bulkCreate(rows));
  return rows.length;
}

module.exports = { importCountries, openDatabase };
