/** What a call says about its own audit. */
export interface CallAudit {
  readonly user?: { readonly type?: string; readonly id: string | number };
  readonly reason?: string;
  readonly tags?: readonly string[];
  readonly onBehalfOf?: { readonly type?: string; readonly id: string | number };
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly bulk?: 'rows' | 'summary' | 'off';
}

/** The option `audit` of a call, to be spread into the others: Sequelize's own types do not know it. */
export function audit(audit: CallAudit | false): object {
  return { audit };
}
