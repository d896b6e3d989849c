/** What became of reverting, in a sentence. */
export function outcomeText(event: string | null): string {
  switch (event) {
    case null:
      return 'Nothing had to be changed: the record is like that already.';
    case 'created':
    case 'restored':
      return 'Done: the record is there again.';
    case 'deleted':
      return 'Done: the record has been deleted.';
    default:
      return 'Done: the values have been put back.';
  }
}
