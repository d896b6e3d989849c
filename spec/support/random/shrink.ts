import { isGroup, operationsOf } from './script';
import type { Operation, Script, Step } from './script';

/**
 * The smallest script found that still fails: operations are left out, many at once and then fewer, and
 * transactions that do not matter are taken away, as is that things happen at the same time. Ends after `milliseconds` with what it has.
 */
export async function shrink(
  script: Script,
  fails: (script: Script) => Promise<boolean>,
  milliseconds: number,
): Promise<Script> {
  const deadline = Date.now() + milliseconds;
  const isIn = async (candidate: Script): Promise<boolean> =>
    Date.now() < deadline && (await fails(candidate));
  let smallest = script;
  for (let size = Math.ceil(operationsOf(script).length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < operationsOf(smallest).length;) {
      const left = new Set(operationsOf(smallest).slice(at, at + size));
      const candidate = without(smallest, left);
      if (await isIn(candidate)) smallest = candidate;
      else at += size;
    }
  }
  for (let at = 0; at < groups(smallest);) {
    const candidate = unwrapped(smallest, at);
    if (await isIn(candidate)) smallest = candidate;
    else at += 1;
  }
  return smallest;
}

function without(script: Script, left: ReadonlySet<Operation>): Script {
  return script.flatMap((step): Step[] => {
    if (!isGroup(step)) return left.has(step) ? [] : [step];
    const steps = without(step.steps, left);
    return steps.length > 0 ? [{ ...step, steps }] : [];
  });
}

function groups(script: Script): number {
  return script.reduce((sum, step) => sum + (isGroup(step) ? 1 + groups(step.steps) : 0), 0);
}

/** Without the begin and end of one group, counted from outside in. */
function unwrapped(script: Script, index: number): Script {
  let at = index;
  const visit = (steps: Script): Step[] =>
    steps.flatMap((step): Step[] => {
      if (!isGroup(step)) return [step];
      const isIt = at === 0;
      at -= 1;
      const inner = visit(step.steps);
      return isIt ? inner : [{ ...step, steps: inner }];
    });
  return visit(script);
}
