import { byteSize } from '../values/numbers';
import { cutNote, hexOf, isStructure, plainText } from '../values/plain';
import { storedOf } from '../values/stored';
import { Icon } from './icon';
import { LongText } from './long-text';

/** One value of the trail, as it is kept there. */
export function Value({ value }: { value: unknown }) {
  const stored = storedOf(value);
  switch (stored.kind) {
    case 'missing':
      return <span class="none">not set</span>;
    case 'null':
      return <span class="none">null</span>;
    case 'masked':
      return (
        <span class="masked">
          <Icon name="lock" /> redacted
        </span>
      );
    case 'text':
      return stored.text === '' ? <span class="none">empty text</span> : <LongText value={stored.text} />;
    case 'bytes':
      return (
        <span>
          {byteSize(stored.size)} <span class="code muted">{hexOf(stored.base64)}</span>
        </span>
      );
    case 'cut':
      return (
        <span>
          <LongText value={stored.begins} /> <span class="none">{cutNote(stored)}</span>
        </span>
      );
    case 'note':
      return <span class="none">{stored.text}</span>;
    default:
      return <LongText value={plainText(value)} code={isStructure(value)} />;
  }
}
