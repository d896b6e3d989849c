import { piecesOf } from '../values/unseen';

/** A text that is not trusted: nothing in it is hidden, and it cannot turn what stands around it. */
export function Text({ value }: { value: string }) {
  return (
    <bdi>
      {piecesOf(value).map(({ text, unseen }, index) =>
        unseen ? (
          <mark key={index} class="unseen" title="Characters that do not show by themselves">
            {text}
          </mark>
        ) : (
          text
        ),
      )}
    </bdi>
  );
}
