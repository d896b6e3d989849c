import { Link } from 'wouter-preact';

import { recordPath } from '../address/page';
import { keyWords } from '../values/key-words';
import { Text } from './text';

/** A record by model and key, with a way to its timeline. */
export function RecordLink({ model, id }: { model: string; id: string }) {
  return (
    <Link href={recordPath(model, id)} className="record-link">
      <Text value={model} />{' '}
      <span class="key">
        <Text value={keyWords(id)} />
      </span>
    </Link>
  );
}
