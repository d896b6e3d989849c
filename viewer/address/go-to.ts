import { encoded } from './encode';
import { idPath, recordPath } from './page';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Where a quick entry leads, such as `Product 42` or `product:42` to a record, `Product` to all of its model, and an id
 * to its audit. Null where there is nothing to tell. Models are found whatever their case.
 */
export function goTo(text: string, models: readonly string[]): string | null {
  const entry = text.trim();
  if (entry === '') return null;
  if (UUID.test(entry)) return idPath('audit', entry);
  const model = bySameName(entry, models);
  if (model !== undefined) return `/?model=${encoded(model)}`;
  const [, name, id] = /^([^\s:#/]+)[\s:#/]+(.+)$/s.exec(entry) ?? [];
  if (name === undefined || id === undefined) return `/?model=${encoded(entry)}`;
  return recordPath(bySameName(name, models) ?? name, id.trim());
}

function bySameName(name: string, models: readonly string[]): string | undefined {
  return models.find((model) => model.toLowerCase() === name.toLowerCase());
}
