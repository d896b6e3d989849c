import { Link } from 'wouter-preact';

import { useMe } from '../api/me';
import { nearest } from '../values/nearest';
import { Text } from './text';

interface Props {
  /** The name that was asked for. */
  readonly model: string;
  readonly pathOf: (model: string) => string;
}

/** Where a model is not in the trail: a way to the one that may have been meant. */
export function NearestModel({ model, pathOf }: Props) {
  const me = useMe();
  if (me === null || model === '' || me.models.includes(model)) return null;
  const close = nearest(model, me.models);
  if (close === undefined) return null;
  return (
    <p>
      <Link href={pathOf(close)}>
        Show <Text value={close} /> instead
      </Link>
    </p>
  );
}
