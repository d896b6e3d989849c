import type { Sequelize } from 'sequelize';

import { whenClosing } from '../adapter/sequelize';
import { assertKnownSequelize } from '../adapter/version';
import { resolveSettings } from '../config';
import type { Settings } from '../config';
import { AuditError, messageOf } from '../errors';
import { createLogger } from '../logger';
import type { AuditOptions } from '../options';
import { AuditTrail } from './trail';

const trails = new WeakMap<Sequelize, AuditTrail>();
/** Trails in use, so that a worker finds its trail by itself when there is just one; until they or their instances are closed. */
const open = new Set<AuditTrail>();
const configured = new WeakSet<AuditTrail>();
/** Instances for which the environment's settings cannot be used. */
const unusable = new WeakSet<Sequelize>();

class RegisteredTrail extends AuditTrail {
  override async close(): Promise<void> {
    open.delete(this);
    configured.delete(this);
    await super.close();
  }
}

/**
 * Configures auditing for a Sequelize instance; optional where the environment (AUDIT_*) says enough.
 * Call it once, before the first audited change. Returns the trail.
 *
 * Throws AUDIT_NOT_SEQUELIZE, AUDIT_SEQUELIZE_VERSION, AUDIT_OPTION (naming the option and the nearest right one),
 * AUDIT_CONFIGURED_TWICE, AUDIT_DIALECT, AUDIT_DIRECTORY, AUDIT_DRIVER_MISSING.
 */
export function configureAudit(sequelize: Sequelize, options: AuditOptions = {}): AuditTrail {
  assertSequelize(sequelize);
  assertKnownSequelize(sequelize);
  const existing = trails.get(sequelize);
  if (existing && configured.has(existing)) {
    throw new AuditError(
      'AUDIT_CONFIGURED_TWICE',
      'configureAudit was already called for this Sequelize instance. Call it once, or close the first trail.',
    );
  }
  if (existing && open.has(existing)) {
    throw new AuditError(
      'AUDIT_CONFIGURED_TWICE',
      'Changes were audited with the settings of the environment before configureAudit was called. ' +
        'Call configureAudit right after new Sequelize(…).',
    );
  }
  const trail = new RegisteredTrail(sequelize, resolveSettings(options));
  trail.assertUsable();
  assertApart(trail);
  configured.add(trail);
  unusable.delete(sequelize);
  return register(trail);
}

/** The trail of a Sequelize instance; made from the environment where none was configured. */
export function trailOf(sequelize: Sequelize): AuditTrail {
  const trail = trails.get(sequelize) ?? register(new RegisteredTrail(sequelize, resolveSettings()));
  open.add(trail);
  return trail;
}

/** The settings of an instance that configureAudit was called for. */
export function configuredSettings(sequelize: Sequelize): Settings | undefined {
  const trail = trails.get(sequelize);
  return trail && configured.has(trail) ? trail.given : undefined;
}

/**
 * As {@link trailOf}, for the application's writes: where the environment makes no usable trail, the
 * error is logged once and nothing is audited, because an audit never makes a write fail.
 */
export function trailForWriting(sequelize: Sequelize): AuditTrail | undefined {
  if (unusable.has(sequelize)) return undefined;
  try {
    return trailOf(sequelize);
  } catch (error) {
    unusable.add(sequelize);
    createLogger('error').error(`Changes are NOT audited: ${messageOf(error)}`);
    return undefined;
  }
}

/** The only trail there is. Throws AUDIT_NOT_CONFIGURED when there is none, or more than one. */
export function onlyTrail(): AuditTrail {
  const [only, another] = open;
  if (only && !another) return only;
  throw new AuditError(
    'AUDIT_NOT_CONFIGURED',
    only
      ? 'Several Sequelize instances are audited: say which one is meant, as in { sequelize }.'
      : 'No Sequelize instance is audited yet: call configureAudit(sequelize) or withAudit(Model) first.',
  );
}

function register(trail: AuditTrail): AuditTrail {
  trails.set(trail.sequelize, trail);
  // What waits in the journal stays there for a worker; a later change puts the trail back into use.
  whenClosing(trail.sequelize, () => open.delete(trail));
  open.add(trail);
  return trail;
}

/** Two databases of one name, on two servers, would mix their records in one journal. */
function assertApart(trail: AuditTrail): void {
  for (const other of open) {
    if (other.settings.driver === 'sync' || trail.settings.driver === 'sync') continue;
    if (other.settings.dir !== trail.settings.dir) continue;
    const [mine, theirs] = [trail.database.describe(), other.database.describe()];
    if (mine === theirs) continue;
    throw new AuditError(
      'AUDIT_OPTION',
      `The directory ${trail.settings.dir} is that of the trail in ${theirs}; the trail in ${mine} needs another. ` +
        'Give each its own with the option "dir".',
    );
  }
}

function assertSequelize(value: unknown): asserts value is Sequelize {
  const candidate = value as { getQueryInterface?: unknown; define?: unknown } | null;
  if (typeof candidate?.getQueryInterface !== 'function' || typeof candidate.define !== 'function') {
    throw new AuditError(
      'AUDIT_NOT_SEQUELIZE',
      'The first argument must be a Sequelize instance, as in configureAudit(new Sequelize(…)).',
    );
  }
}
