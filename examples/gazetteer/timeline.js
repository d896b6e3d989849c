const { isDeepStrictEqual } = require('node:util');

const { createColors } = require('picocolors');

// Where nobody looks, as in CI, there are none.
const colours = createColors(Boolean(process.stdout.isTTY) && !process.env.NO_COLOR);

const COLOURS = {
  created: colours.green,
  updated: colours.yellow,
  deleted: colours.red,
  restored: colours.cyan,
};
const LONGEST = 40;

/** One country's history as lines of text: who, when, why, and what changed. */
function timeline(history) {
  return history.flatMap(({ when, who, event, why, oldValues, newValues }) => {
    const time = colours.dim(new Date(when).toISOString().slice(11, 23));
    const reason = why ? colours.dim(` (${why})`) : '';
    return [
      `${time}  ${COLOURS[event](event)} by ${colours.bold(who)}${reason}`,
      ...changes(event, oldValues, newValues).map((line) => `                ${line}`),
    ];
  });
}

function changes(event, oldValues, newValues) {
  if (event === 'created') return [`with ${Object.keys(newValues).length} values`];
  if (event === 'deleted') return [`its ${Object.keys(oldValues).length} values are kept`];
  return [...differences(oldValues, newValues)].map(
    ([name, before, after]) => `${name}: ${short(before)} ${colours.dim('→')} ${short(after)}`,
  );
}

/** What differs between two values, in JSON by path: `translations.isl.common`. */
function* differences(before, after, path = []) {
  if (isDeepStrictEqual(before, after)) return;
  if (!isObject(before) || !isObject(after)) {
    yield [path.join('.'), before, after];
    return;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    yield* differences(before[key], after[key], [...path, key]);
  }
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function short(value) {
  if (value === undefined) return colours.dim('nothing');
  const characters = [...new Intl.Segmenter().segment(JSON.stringify(value))].map(({ segment }) => segment);
  return characters.length <= LONGEST ? characters.join('') : `${characters.slice(0, LONGEST - 1).join('')}…`;
}

module.exports = { timeline };
