/**
 * The URL of the mount, with a slash at its end. It is read once: `<base href>` is relative to the page that was loaded,
 * and the address changes without loading another.
 */
export const BASE_URL = new URL('.', document.baseURI);
