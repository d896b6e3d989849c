const path = require('node:path');

const { startAuditWorker } = require('sequelize-async-audit');

const { createApp } = require('./app');
const { importCountries, openDatabase } = require('./database');

const HOST = '127.0.0.1';
/** How long SIGTERM waits for the worker. What is not stored by then is stored after the next start. */
const PATIENCE_MS = 5_000;

async function main() {
  const { sequelize, trail } = await openDatabase(process.env.DATA_DIR ?? path.join(__dirname, 'data'));
  const worker = await startAuditWorker();
  if ((await sequelize.models.Country.count({ paranoid: false })) === 0) await importCountries(sequelize);

  const server = createApp(sequelize).listen(Number(process.env.PORT ?? 0), HOST, (error) => {
    if (error) throw error;
    console.log(`The gazetteer is at http://${HOST}:${server.address().port}/countries`);
  });

  const stop = async () => {
    // First no more requests, then the worker, then the database.
    await new Promise((resolve) => server.close(resolve));
    await trail
      .flush({ stored: true, timeoutMs: PATIENCE_MS })
      .catch((error) => console.error(error.message));
    await worker.stop();
    await trail.close();
    await sequelize.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
}

main();
