import { Link } from 'wouter-preact';

import { encoded } from '../address/encode';
import { recordPath } from '../address/page';
import { recordName } from '../values/record-name';
import { Text } from './text';

interface Props {
  readonly model: string | null;
  readonly id: string | null;
}

/** A record by model and key, with a way to its timeline; of many records the way leads to all of the model. */
export function RecordLink({ model, id }: Props) {
  const name = recordName(model, id);
  if (model === null) return <span class="none">{name}</span>;
  const path = id === null ? `/?model=${encoded(model)}` : recordPath(model, id);
  return (
    <Link href={path} className="record-link">
      <Text value={name} />
    </Link>
  );
}
