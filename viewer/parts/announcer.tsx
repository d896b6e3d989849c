/** Says to screen readers what has changed on the page. It must be there before it has something to say. */
export function Announcer({ children }: { children: string }) {
  return (
    <p class="hidden" role="status" aria-live="polite">
      {children}
    </p>
  );
}
