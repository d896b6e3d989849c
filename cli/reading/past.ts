import { AuditError } from '../../lib/errors';
import { encodedValues } from '../../lib/record/stored-form';
import type { PastState } from '../../lib/storage/reading/past-state';
import type { Session } from '../session';
import { recordText } from './block';
import { explainNothing } from './nothing-found';
import { localTime, timeAgo } from './times';
import { pathText, valueText } from './value-text';

/** Shows what a record was like at a moment. Throws AUDIT_NOT_FOUND where the trail knows nothing of it. */
export async function showPast(
  { trail, output }: Session<object>,
  { model, id }: { model: string; id: string },
  at: Date,
): Promise<void> {
  const state = await trail.history.stateAt({ model, id, at });
  if (state.exists === undefined) {
    await explainNothing(trail, { model, id });
    throw new AuditError(
      'AUDIT_NOT_FOUND',
      `The trail does not tell what ${recordText(model, id)} was like at ${localTime(at)}.`,
    );
  }
  const { exists, values, audit, isComplete } = state;
  const document = { exists, isComplete, values: values && encodedValues(values), audit: audit?.id ?? null };
  output.result({ model, id, at: at.toISOString(), ...document }, () => stateText(state, output));
}

function stateText(state: PastState, { colors }: Session<object>['output']): string {
  const { model, id, at, exists, values, audit, isComplete } = state;
  const since = audit && `since it was ${audit.event} ${timeAgo(audit.createdAt)}  ${colors.dim(audit.id)}`;
  return [
    colors.bold(`${recordText(model, id)} at ${localTime(at)}`),
    ...(since ? [since] : []),
    '',
    ...(exists
      ? Object.entries(values ?? {}).map(
          ([name, value]) => `    ${colors.bold(pathText([name]))}: ${valueText(value)}`,
        )
      : ['    It was not there.']),
    ...(exists && !isComplete
      ? [
          '',
          colors.yellow(
            'The trail begins in the midst of its life: attributes that never changed may be missing.',
          ),
        ]
      : []),
  ].join('\n');
}
