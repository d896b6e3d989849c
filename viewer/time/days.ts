import type { Zone } from './instant';
import { dayKey } from './words';

/** What happened on one day. */
export interface Day<T> {
  /** `2026-05-03`. */
  readonly day: string;
  readonly items: readonly T[];
}

/** Items in their order, those of a day together. */
export function byDay<T extends { readonly createdAt: string }>(items: readonly T[], zone: Zone): Day<T>[] {
  const days: { day: string; items: T[] }[] = [];
  for (const item of items) {
    const day = dayKey(item.createdAt, zone);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}
