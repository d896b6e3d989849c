/**
 * The gazetteer in a temporary folder: imports all countries, edits them over HTTP in the names of several
 * users, shows the history of one, and checks that the trail is complete. `--keep` keeps the folder.
 */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { createColors } = require('picocolors');

const { startAuditWorker } = require('sequelize-async-audit');

const { createApp } = require('./app');
const { importCountries, openDatabase } = require('./database');
const { timeline } = require('./timeline');

// Where nobody looks, as in CI, there are none.
const colours = createColors(Boolean(process.stdout.isTTY) && !process.env.NO_COLOR);

async function main(directory) {
  const { sequelize, trail } = await openDatabase(directory);
  const worker = await startAuditWorker();
  const server = await listen(createApp(sequelize));
  const as = clientOf(`http://127.0.0.1:${server.address().port}`);
  try {
    let changes = await importCountries(sequelize);
    console.log(`${changes} countries are imported.`);
    changes += await translateEurope(as('olena'));
    changes += await editSvalbard(as);
    await failHalfway(as('hanako'));

    await trail.flush({ stored: true });

    console.log(`\n${colours.bold('Svalbard and Jan Mayen, its history:')}`);
    const history = await as('hanako')('GET', '/countries/SJM/history');
    console.log(timeline(history.body).join('\n'));

    return await check(trail, changes);
  } finally {
    await new Promise((resolve) => server.close(resolve));
    await worker.stop();
    await trail.close();
    await sequelize.close();
  }
}

/** One user, many requests at the same time. The number of changes. */
async function translateEurope(olena) {
  const { body: countries } = await olena('GET', '/countries?region=Europe');
  const ukrainian = new Intl.DisplayNames('uk', { type: 'region' });
  const codes = Object.fromEntries(require('world-countries').map(({ cca3, cca2 }) => [cca3, cca2]));
  const patches = countries.map(({ code }) => {
    const common = ukrainian.of(codes[code]);
    return olena('PATCH', `/countries/${code}`, { translations: { ukr: { common } } });
  });
  await Promise.all(patches);
  console.log(`${patches.length} of them get a Ukrainian name, all at the same time.`);
  return patches.length;
}

/** One country, several users. The number of changes. */
async function editSvalbard(as) {
  const [oyvind, olena, hanako] = [as('oyvind'), as('olena'), as('hanako')];
  const svalbard = '/countries/SJM';
  const edits = [
    () => oyvind('PATCH', svalbard, { area: null }, 'an area is not negative'),
    () => hanako('PATCH', svalbard, { name: 'Svalbard 🐻‍❄️ og Jan Mayen' }, 'polar bears live there'),
    () => hanako('PATCH', svalbard, { languages: { rus: 'Russian' }, capital: ['ロングイェールビーン'] }),
    () => oyvind('DELETE', svalbard, undefined, 'not a country'),
    () => olena('POST', `${svalbard}/restore`, undefined, 'but it has a country code'),
    () =>
      oyvind('PATCH', svalbard, { name: 'Svalbard og Jan Mayen', capital: ['Longyearbyen'], area: 61399 }),
  ];
  for (const edit of edits) await edit();
  console.log(`Svalbard is edited ${edits.length} times by three users.`);
  return edits.length;
}

/** A transaction that has changed something when it fails. */
async function failHalfway(hanako) {
  const patches = { SJM: { name: 'Hyperborea' }, ATL: { name: 'Atlantis' } };
  const { status, body } = await hanako('PATCH', '/countries', patches);
  console.log(`Renaming it together with Atlantis is rolled back: ${status}, ${body.error}`);
}

/** Compares what was done with what the trail says; true if it is complete. */
async function check(trail, changes) {
  const audits = await trail.Audit.findAll();
  const captured = trail.counters().captured;
  const lost = changes - new Set(audits.map(({ id }) => id)).size;
  const phantoms = audits.filter(({ newValues }) => newValues?.name === 'Hyperborea').length;
  const complete = captured === changes && audits.length === changes && lost === 0 && phantoms === 0;
  console.log(
    `\n${complete ? colours.green('✔') : colours.red('✘')} ${changes} changes made, ${captured} captured, ` +
      `${audits.length} stored, ${lost} lost; of the rolled-back change ${phantoms ? 'a trace' : 'no trace'}.`,
  );
  return complete;
}

function listen(app) {
  return new Promise((resolve, reject) => {
    const server = app.listen(0, '127.0.0.1', (error) => (error ? reject(error) : resolve(server)));
  });
}

/** `as(login)` gives a function that makes requests as this user. */
function clientOf(origin) {
  return (login) => async (method, url, json, reason) => {
    const response = await fetch(origin + url, {
      method,
      headers: {
        'x-user': login,
        ...(json && { 'content-type': 'application/json' }),
        ...(reason && { 'x-reason': reason }),
      },
      body: JSON.stringify(json),
    });
    if (response.status >= 500) throw new Error(`${method} ${url} answers ${response.status}.`);
    return { status: response.status, body: response.status === 204 ? null : await response.json() };
  };
}

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gazetteer-'));
main(directory)
  .then((complete) => (process.exitCode = complete ? 0 : 1))
  .finally(() => {
    if (process.argv.includes('--keep')) console.log(`Everything is kept in ${directory}.`);
    else fs.rmSync(directory, { recursive: true, force: true });
  });
