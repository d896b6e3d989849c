import type { Sequelize } from 'sequelize';

import { resolveSettings } from '../config';
import type { AuditOptions, Settings } from '../config';
import { AuditError } from '../errors';
import { AuditTrail } from './trail';

const trails = new WeakMap<Sequelize, AuditTrail>();
/** Trails in use, so that a worker finds its trail by itself when there is just one. */
const open = new Set<AuditTrail>();
const configured = new WeakSet<AuditTrail>();

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
 * Throws AUDIT_NOT_SEQUELIZE, AUDIT_OPTION (naming the option and the nearest right one),
 * AUDIT_CONFIGURED_TWICE, AUDIT_DIALECT, AUDIT_DIRECTORY, AUDIT_DRIVER_MISSING.
 */
export function configureAudit(sequelize: Sequelize, options: AuditOptions = {}): AuditTrail {
  assertSequelize(sequelize);
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
  configured.add(trail);
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
  return trail && configured.has(trail) ? trail.settings : undefined;
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
  open.add(trail);
  return trail;
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
