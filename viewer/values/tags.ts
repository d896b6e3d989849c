import { plainText } from './plain';
import { storedOf } from './stored';

/** The tags of a record, which are a list of texts unless something else has written them. */
export function tagsOf(tags: unknown): string[] {
  if (tags === null || tags === undefined) return [];
  const stored = storedOf(tags);
  return 'items' in stored ? stored.items.map(plainText) : [plainText(tags)];
}
