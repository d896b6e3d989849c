/** The key of a record for people: a composite one, `{"orderId":"1","line":"2"}`, as `orderId 1, line 2`. */
export function keyWords(id: string): string {
  if (!id.startsWith('{')) return id;
  try {
    const parts = Object.entries(JSON.parse(id) as Record<string, unknown>);
    if (parts.length < 2 || !parts.every(([, value]) => typeof value === 'string')) return id;
    return parts.map(([name, value]) => `${name} ${String(value)}`).join(', ');
  } catch {
    return id;
  }
}
