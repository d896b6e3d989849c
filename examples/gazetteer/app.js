const express = require('express');
const { ValidationError } = require('sequelize');

const { auditContext, auditViewer } = require('sequelize-async-audit/express');

const PLAIN = ['name', 'region', 'capital', 'area', 'independent'];
/** Objects by language code; a patch is merged into them. */
const MERGED = ['languages', 'translations'];

/** A gazetteer of the world's countries, which signed-in users edit. */
function createApp(sequelize) {
  const { Country, User } = sequelize.models;
  const app = express();

  // Every change that a request makes carries its user, address, url and reason.
  app.use(auditContext({ context: (request) => ({ reason: request.get('x-reason') }) }));
  // Whoever reaches this computer's own address may look; a real application asks who is signed in.
  app.use('/audit', auditViewer({ sequelize, authorize: () => true }));
  app.use(express.json());
  app.use(async (request, response, next) => {
    const login = request.get('x-user');
    // A real application looks at a session or a token here.
    request.user = login ? await User.findOne({ where: { login } }) : null;
    if (request.method !== 'GET' && !request.user) throw new HttpError(401, 'Say who you are: x-user.');
    next();
  });

  app.get('/countries', async (request, response) => {
    const { region } = request.query;
    const where = typeof region === 'string' ? { region } : {};
    response.json(await Country.findAll({ attributes: ['code', 'name', 'region'], where, order: ['code'] }));
  });

  app.get('/countries/:code', async (request, response) => {
    response.json(await find(request.params.code));
  });

  app.patch('/countries/:code', async (request, response) => {
    response.json(await edit(request.params.code, request.body));
  });

  // Several countries by code: all of them are changed, or none.
  app.patch('/countries', async (request, response) => {
    assertObject(request.body);
    await sequelize.transaction(async (transaction) => {
      for (const [code, patch] of Object.entries(request.body)) await edit(code, patch, { transaction });
    });
    response.sendStatus(204);
  });

  app.delete('/countries/:code', async (request, response) => {
    const country = await find(request.params.code);
    await country.destroy();
    response.sendStatus(204);
  });

  app.post('/countries/:code/restore', async (request, response) => {
    const country = await find(request.params.code, { paranoid: false });
    if (country.deletedAt) await country.restore();
    response.json(country);
  });

  app.get('/countries/:code/history', async (request, response) => {
    const country = await find(request.params.code, { paranoid: false });
    const audits = await country.getAudits({ include: 'user' });
    response.json(audits.map(toJson));
  });

  app.use((error, request, response, next) => {
    const status = error.status ?? (error instanceof ValidationError ? 422 : 500);
    if (status === 500) return next(error);
    response.status(status).json({ error: error.message });
  });

  return app;

  async function find(code, options) {
    const country = await Country.findByPk(code, options);
    if (!country) throw new HttpError(404, `There is no country ${code}.`);
    return country;
  }

  async function edit(code, patch, options) {
    assertObject(patch);
    const country = await find(code, options);
    for (const [name, value] of Object.entries(patch)) {
      if (PLAIN.includes(name)) {
        country.set(name, value);
      } else if (MERGED.includes(name)) {
        assertObject(value);
        // A new object: what Sequelize is to notice must not be changed in place.
        country.set(name, { ...country.get(name), ...value });
      } else {
        throw new HttpError(400, `A country has no "${name}" that could be edited.`);
      }
    }
    return country.save(options);
  }
}

function toJson({ event, createdAt, user, context, oldValues, newValues }) {
  return { when: createdAt, who: user?.name ?? null, event, why: context?.reason, oldValues, newValues };
}

function assertObject(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HttpError(400, 'An object is needed.');
  }
}

class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

module.exports = { createApp };
