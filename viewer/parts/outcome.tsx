import { useEffect, useRef } from 'preact/hooks';

/** What has become of what was done. It takes the focus, so that it is seen and heard wherever one was on the page. */
export function Outcome({ text }: { text: string }) {
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => place.current?.focus(), [text]);
  return (
    <p ref={place} class="outcome" role="status" tabIndex={-1}>
      {text}
    </p>
  );
}
