import { packageVersion } from '../../version';
import { canRevert, knownModels } from '../known-models';
import { Parameters } from '../parameters';
import type { Visit } from '../visit';

export interface Me {
  readonly version: string;
  readonly database: string;
  readonly allowRevert: boolean;
  readonly canRevertModels: readonly string[];
  readonly retentionDays: number;
  readonly models: readonly string[];
  /** Whether the state of the whole trail may be seen, and what is set aside. */
  readonly maySeeStatus: boolean;
}

/** `GET api/me`: what the visitor may do, and where they are. */
export async function me(visit: Visit): Promise<Me> {
  const { trail, access, call } = visit;
  new Parameters(call.search, []);
  const models = await knownModels(visit);
  return {
    version: packageVersion(),
    database: trail.database.describe(),
    allowRevert: visit.mayRevert,
    canRevertModels: Object.keys(trail.sequelize.models).filter((model) => canRevert(visit, model)),
    retentionDays: trail.settings.pruneDays,
    models,
    maySeeStatus: access.isWhole,
  };
}
