import type { AuditTrail } from '../trail/trail';
import type { Access } from './access';
import type { ViewerCall } from './call';
import type { DescribeUser } from './user-names';

/** A request that is allowed, and all that an endpoint needs to answer it. */
export interface Visit {
  readonly call: ViewerCall;
  readonly trail: AuditTrail;
  readonly access: Access;
  /** Of the path, decoded, in the order in which the route names them. */
  readonly parameters: readonly string[];
  /** Of a POST that may do something: what its JSON says. */
  readonly body: unknown;
  /** Whether this visitor may take changes back here at all. */
  readonly mayRevert: boolean;
  readonly auditReads: boolean;
  readonly describeUser: DescribeUser | undefined;
}
