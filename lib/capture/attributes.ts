import type { Model, ModelStatic } from 'sequelize';

import { suggestion } from '../config';
import { AuditError } from '../errors';
import type { Values } from '../record/values';
import { internalsOf, isSqlExpression } from '../sequelize-internals';
import type { ModelInternals } from '../sequelize-internals';
import type { ModelAuditOptions } from './options';
import { isSecretName, mask, maskWithin } from '../record/redaction';

interface AuditedAttribute {
  readonly name: string;
  /** The value as it may be recorded. */
  readonly shown: (value: unknown) => unknown;
}

/** Which attributes of a model are recorded, and how. Made once, and again when attributes were added (belongsTo adds keys). */
export class AuditedAttributes {
  private list: readonly AuditedAttribute[] = [];
  private madeFor: ModelInternals['tableAttributes'] | undefined;

  constructor(
    private readonly model: ModelStatic<Model>,
    private readonly options: ModelAuditOptions,
  ) {}

  /** Throws AUDIT_OPTION if include, exclude or redact name what is no attribute. */
  assertNames(): void {
    const known = Object.keys(internalsOf(this.model).rawAttributes ?? {});
    for (const option of ['include', 'exclude', 'redact'] as const) {
      const names = this.options[option];
      if (!names) continue;
      const unknown = names.find((name) => !known.includes(name));
      if (unknown !== undefined) {
        throw new AuditError(
          'AUDIT_OPTION',
          `Option "${option}" of withAudit(${this.model.name}) names the attribute "${unknown}".${suggestion(unknown, known)}`,
        );
      }
    }
  }

  all(): readonly AuditedAttribute[] {
    const { tableAttributes } = internalsOf(this.model);
    if (this.madeFor !== tableAttributes) {
      this.madeFor = tableAttributes;
      this.list = Object.entries(tableAttributes)
        .filter(([name]) => this.isAudited(name))
        .map(([name, { type }]) => ({ name, shown: this.view(name, type) }));
    }
    return this.list;
  }

  /** The recorded attributes of some values; undefined ones are not there. */
  pick(values: Values): Values {
    const picked: Values = {};
    for (const { name, shown } of this.all()) {
      const value = values[name];
      if (value !== undefined) picked[name] = shown(value);
    }
    return picked;
  }

  private isAudited(name: string): boolean {
    const { include, exclude } = this.options;
    return (include?.includes(name) ?? true) && !exclude?.includes(name);
  }

  private view(name: string, type: unknown): AuditedAttribute['shown'] {
    const { redact } = this.options;
    if (redact !== false && (redact?.includes(name) || isSecretName(name))) return mask;
    const isJson = /^(JSON|JSONB|HSTORE)$/.test((type as { key?: string } | null)?.key ?? '');
    return isJson && redact !== false ? (value) => maskWithin(sqlAsText(value)) : sqlAsText;
  }
}

/** What the database computes is unknown here; the record says so instead of guessing. */
function sqlAsText(value: unknown): unknown {
  if (typeof value !== 'object' || !isSqlExpression(value)) return value;
  const { val, fn } = value as { val?: unknown; fn?: unknown };
  return {
    $audit: 'sql',
    value: typeof val === 'string' ? val : `${typeof fn === 'string' ? fn : 'expression'}(…)`,
  };
}
