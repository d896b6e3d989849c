/** What `bulkCreate` does in one statement. */
export const ONE_STATEMENT = ['plain', 'ignoreDuplicates', 'updateOnDuplicate'] as const;

/** What a script does, as often as it is named. */
export const AT_ONCE = [
  'create', 'create', 'bulkCreate', 'bulkCreate', 'save', 'save', 'saveKept', 'saveKept', 'destroyKept', 'incrementKept',
  'destroy', 'restore', 'incrementOne', 'updateSet', 'updateSet', 'changeKey', 'destroySet', 'restoreSet',
  'incrementSet', 'decrementSet', 'upsert', 'upsert', 'findOrCreate', 'removeTag', 'setAuthor', 'addBooks',
] as const; // prettier-ignore

/** With those that Sequelize makes of several statements at once: it does not wait for the others when one fails. */
export const CALLS = [...AT_ONCE, 'create', 'createWithOthers', 'save', 'setTags', 'addTag'] as const;
export type Call = (typeof CALLS)[number] | 'saveUndone' | 'truncate';
