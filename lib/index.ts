// Setting up: once per Sequelize instance, once per model.
export { configureAudit } from './trail/registry';
export { withAudit, Audited } from './mixin/with-audit';
export type { AuditInstance, AuditStatics } from './mixin/reading-methods';
export type { AuditCallOptions, BulkPolicy, ModelAuditOptions } from './capture/options';
export type { Settings } from './config';
export type { AuditOptions, DriverName, RedisClientLike, UserModel } from './options';

// Who and why, events of your own, and silence.
export { runWithAuditContext, withoutAudit } from './context/scope';
export { snapshotAuditContext, resumeAuditContext } from './context/snapshot';
export type { AuditContextSnapshot, SnapshotUser } from './context/snapshot';
export type { AuditContext, AuditUser, CallContext, UserLike, UserSource } from './context/audit-context';
export { recordAudit } from './capture/record-audit';
export type { RecordAuditOptions } from './capture/record-audit';

// Storing: a worker in the application, or the class under `audit work`.
export { startAuditWorker } from './worker/start';
export type { StartWorkerOptions } from './worker/start';
export { AuditWorker } from './worker/audit-worker';
export type { AuditWorkerHandle, StopOptions, WorkerEvents, WorkerStats } from './worker/audit-worker';

// Reading: what getAudits() returns, and the trail itself.
export { Audit } from './storage/audit-model';
export { compare } from './history/compare';
export type { Difference } from './record/diff';
export type { Moment } from './record/moment';
export type { AuditPage, GetAuditsOptions, History } from './storage/reading/history';
export type { AuditFilter, AuditQuery } from './storage/reading/audit-query';
export type { PastState, StateQuery } from './storage/reading/past-state';
export type { Reverted, RevertOptions } from './storage/reading/revert-options';
export type { AsOfOptions } from './history/as-of';
export type { KeyLike } from './history/undelete';
export type { AuditTrail } from './trail/trail';
export type { DriverCounters, FlushOptions } from './buffer/contract';
export type { AuditRecord, RowEvent } from './record/record';
export type { Values } from './record/values';

// Errors, each with a code, and the logger's shape.
export { AuditError, auditErrorCodes } from './errors';
export type { AuditErrorCode } from './errors';
export type { Logger, LogLevel } from './logger';
