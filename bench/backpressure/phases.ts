/** What happens to the way to the trail's database and, with driver `redis`, to Redis, in this order. */
export const PHASES = ['warm-up', 'normal', 'refused', 'silent', 'healed'] as const;
export type Phase = (typeof PHASES)[number];

/** Those in which nothing can be stored. */
export const DOWN: readonly string[] = ['refused', 'silent'] satisfies Phase[];
