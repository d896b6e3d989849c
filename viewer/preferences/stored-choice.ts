/** A choice that this browser remembers; the first is what nobody has chosen. Private windows may remember nothing. */
export function storedChoice<T extends string>(key: string, choices: readonly [T, ...T[]]): T {
  try {
    const stored = localStorage.getItem(key);
    return choices.find((choice) => choice === stored) ?? choices[0];
  } catch {
    return choices[0];
  }
}

/** Remembers a choice where the browser lets us. */
export function storeChoice(key: string, choice: string): void {
  try {
    localStorage.setItem(key, choice);
  } catch {
    // It still counts until the page is left.
  }
}
