import { keyWords } from './key-words';

/**
 * A record in words: `Product 42`. Of a statement that changed many rows only the model is known, of an event of the
 * application perhaps not even that.
 */
export function recordName(model: string | null, id: string | null): string {
  if (model === null) return 'no record';
  return id === null ? `${model}, many records` : `${model} ${keyWords(id)}`;
}
