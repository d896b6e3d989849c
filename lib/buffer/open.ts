import type { Settings } from '../config';
import type { BatchWriter } from '../storage/batch-writer';
import type { Driver, Source } from './contract';
import { directoriesOf } from './directories';
import { EmbeddedDriver } from './embedded-driver';
import { Journal } from './journal/journal';
import { JournalSource, troubleOf } from './journal/journal-source';
import { writerOf } from './journal/lane';
import { settingAside } from './journal/set-aside';
import { connect, redisKeys } from './redis/connection';
import { RedisDriver } from './redis/redis-driver';
import { Shipper } from './redis/shipper';
import { StreamSource } from './redis/stream-source';
import { SyncDriver } from './sync-driver';

const MEBIBYTE = 1024 * 1024;

/** The producing half that the settings ask for. Throws AUDIT_DRIVER_MISSING. */
export function openDriver(settings: Settings, writer: () => BatchWriter): Driver {
  if (settings.driver === 'sync') return new SyncDriver(writer(), settings.batchSize);
  const journal = new Journal(directoriesOf(settings.dir).journal, settings.logger, {
    fsync: settings.fsync,
    limitBytes: settings.journalLimit * MEBIBYTE,
  });
  if (settings.driver === 'embedded') return new EmbeddedDriver(journal);
  return new RedisDriver(
    journal,
    openShipper(settings, (lane) => lane === journal.lane),
  );
}

/** The consuming half: where a worker takes records from; none for driver `sync`. Throws AUDIT_DRIVER_MISSING. */
export function openSource(settings: Settings): Source | undefined {
  const { damaged, journal } = directoriesOf(settings.dir);
  if (settings.driver === 'sync') return undefined;
  if (settings.driver === 'embedded') return openJournal(settings, journal);
  const connection = connect(settings, 'sequelize-async-audit worker');
  const onDamage = settingAside(damaged, settings.logger);
  return new StreamSource(connection, redisKeys(settings.redisKey), settings.logger, onDamage);
}

/** Carries lanes to Redis: the process's own, and those that a dead process on this host left. */
export function openShipper(settings: Settings, isOwn: (lane: string) => boolean = () => false): Shipper {
  const { journal } = directoriesOf(settings.dir);
  const lanes = openJournal(settings, journal, (lane) => isOwn(lane) || writerOf(lane) !== 'open');
  const connection = connect(settings, 'sequelize-async-audit shipper');
  return new Shipper(lanes, connection, redisKeys(settings.redisKey), settings.logger);
}

/** The lanes of a directory: the journal, rescue files or buried records. What is wrong with them is logged. */
export function openJournal(
  { dir, logger }: Settings,
  directory: string,
  wants: (lane: string) => boolean = () => true,
): JournalSource {
  return new JournalSource(directory, {
    wants,
    onDamage: settingAside(directoriesOf(dir).damaged, logger),
    onTrouble: (lane, error) => logger.error(troubleOf(lane, error)),
  });
}
