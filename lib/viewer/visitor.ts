import type { AuditContext } from '../context/audit-context';
import { isUserLike } from '../context/identity';
import { contextFields, runWithAuditContext } from '../context/scope';
import type { Visit } from './visit';

/**
 * Runs work as the one who looks, so that what it records tells who that was and from where. What `authorize` says
 * of the user wins; what the application's own `auditContext` has set up comes next, then what the request tells.
 */
export function asVisitor<T>({ call, access }: Visit, work: () => T): T {
  const ambient = contextFields();
  const given: AuditContext = {};
  if (access.user !== undefined) given.user = access.user;
  else if (ambient.userId === null && isUserLike(call.user)) given.user = call.user;
  if (ambient.url === null)
    given.url = call.search === '' ? call.fullPath : `${call.fullPath}?${call.search}`;
  const {
    ipAddress = call.ipAddress,
    userAgent = call.header('user-agent'),
    requestId = call.requestId,
  } = known(ambient);
  return runWithAuditContext({ ...given, ...known({ ipAddress, userAgent, requestId }) }, work);
}

/** What there is of some fields. */
function known(fields: {
  ipAddress?: string | null | undefined;
  userAgent?: string | null | undefined;
  requestId?: string | null | undefined;
}): Pick<AuditContext, 'ipAddress' | 'userAgent' | 'requestId'> {
  const { ipAddress, userAgent, requestId } = fields;
  return {
    ...(ipAddress ? { ipAddress } : {}),
    ...(userAgent ? { userAgent } : {}),
    ...(requestId ? { requestId } : {}),
  };
}
