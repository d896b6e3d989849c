/** Rows that a write changed, as Sequelize's `[instance, rows]` tells; MySQL does not count rows that stay as they were. */
export function affected(answer: unknown): number | undefined {
  const count: unknown = Array.isArray(answer) ? answer[1] : undefined;
  return typeof count === 'number' ? count : undefined;
}
