import { messageOf } from '../errors';
import { loadUsers } from '../storage/reading/users';
import type { AuditTrail } from '../trail/trail';
import type { Access } from './access';

interface ByUser {
  readonly userType: string | null;
  readonly userId: string | null;
}

/** Of a user's attributes, those that people are called by. */
const NAMING = ['displayName', 'name', 'fullName', 'username', 'email'] as const;
const LONGEST = 200;

export type DescribeUser = (user: unknown) => string | null | undefined;

/**
 * What the user of each record is called, by one query for each of their types; null for nobody. Names are a courtesy:
 * where they cannot be had the log says why, and nobody has one.
 */
export async function userNames(
  { settings }: AuditTrail,
  records: readonly ByUser[],
  access: Access,
  describe: DescribeUser | undefined,
): Promise<(string | null)[]> {
  // Without a describeUser of the application's, a name is an attribute like any other.
  const named = describe ? records : records.filter(({ userType }) => access.mayReadModel(userType));
  const nobody = records.map(() => null);
  if (settings.userModel === undefined || named.length === 0) return nobody;
  try {
    const userOf = await loadUsers(settings.userModel, named);
    return records.map((record) => {
      const user = userOf(record);
      if (typeof user !== 'object' || user === null) return null;
      return describe ? described(describe(user)) : nameOf(user, record.userType, access);
    });
  } catch (error) {
    settings.logger.warn(`The viewer shows users without their names: ${messageOf(error)}`);
    return nobody;
  }
}

function nameOf(user: object, type: string | null, access: Access): string | null {
  if (!access.mayReadModel(type)) return null;
  for (const attribute of NAMING) {
    if (!access.mayReadAttribute(type, attribute)) continue;
    const name = described((user as Record<string, unknown>)[attribute]);
    if (name !== null) return name;
  }
  return null;
}

function described(name: unknown): string | null {
  return typeof name === 'string' && name.trim() !== '' ? name.slice(0, LONGEST) : null;
}
