import { useState } from 'preact/hooks';

import { Text } from '../parts/text';
import { beginning } from '../values/beginning';
import { counted } from '../values/numbers';

const LONG = 400;
const KEPT = 100;

/** What has not changed within a line; of very much of it both ends. */
export function LongPart({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  if (whole || text.length <= LONG) return <Text value={text} />;
  return (
    <>
      <Text value={beginning(text, KEPT)} />
      <button type="button" class="link-button" onClick={() => setWhole(true)}>
        {' '}
        … {counted(text.length - 2 * KEPT, 'character')} …{' '}
      </button>
      <Text value={text.slice(-KEPT)} />
    </>
  );
}
