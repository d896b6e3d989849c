import { Link } from 'wouter-preact';

import { userPath } from '../address/page';
import type { AuditJson } from '../api/types';
import { Text } from './text';

type Person = Pick<AuditJson, 'userType' | 'userId' | 'userName'>;

/** Who did it, with a way to all that they did. */
export function Who({ person }: { person: Person }) {
  if (person.userId === null) return <span class="none">no user</span>;
  return (
    <Link href={userPath(person.userType, person.userId)} className="who">
      <Text value={nameOf(person)} />
    </Link>
  );
}

/** The name of a user, or type and id where there is none. */
export function nameOf({ userType, userId, userName }: Person): string {
  return userName ?? [userType, userId].filter(Boolean).join(' ');
}

/** The same in a sentence. */
export function By({ person }: { person: Person }) {
  if (person.userId === null) return <span class="by none">no user</span>;
  return (
    <span class="by">
      by <Who person={person} />
    </span>
  );
}
