/** The path the viewer is mounted under, without a slash at the end: what `<base href>` says. */
export function basePath(): string {
  return new URL(document.baseURI).pathname.replace(/\/[^/]*$/, '');
}
