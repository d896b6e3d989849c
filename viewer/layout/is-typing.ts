/** Whether keys belong to what has the focus: a field, or a dialog. */
export function isTyping({ target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches('input, textarea, select') || target.closest('dialog') !== null;
}

/** Whether a key was pressed for itself, not as a shortcut of the browser or the system. */
export function isPlainKey({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return !ctrlKey && !metaKey && !altKey;
}
