/** How an application keeps a trail: not at all, with this package, and as others do. */
export const VARIANTS = {
  plain: 'no audit',
  'in-step': 'no audit, answered at the end of the turn',
  embedded: 'this package, driver embedded',
  redis: 'this package, driver redis',
  rpush: 'hook, one RPUSH a change',
  xadd: 'hook, one XADD a change',
  awaited: 'hook, awaited Audit.create',
  'paper-trail': 'sequelize-paper-trail',
} as const;
export type VariantName = keyof typeof VARIANTS;

export const OURS = ['embedded', 'redis'] as const;
export type Ours = (typeof OURS)[number];

export function isOurs(variant: VariantName): variant is Ours {
  return variant === 'embedded' || variant === 'redis';
}

/** Those that keep no trail. */
export const UNAUDITED: readonly VariantName[] = ['plain', 'in-step'];

/** It replaces the global Promise, which nobody else is to pay for. */
export const NEEDS_A_PROCESS: readonly VariantName[] = ['paper-trail'];
