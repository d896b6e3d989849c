import type { RequestError } from '../api/request';
import type { IconName } from './icon';
import { Notice } from './notice';
import { Text } from './text';

interface Explanation {
  readonly icon: IconName;
  readonly title: string;
  readonly advice: string;
}

function explain(status: number): Explanation {
  switch (status) {
    case 0:
      return {
        icon: 'offline',
        title: 'The server cannot be reached',
        advice: 'Is it still running, and are you online?',
      };
    case 401:
      return {
        icon: 'lock',
        title: 'You are not signed in',
        advice:
          'The link of “audit ui” is good for one browser: start it again for a new one. In an application, sign in there.',
      };
    case 403:
      return {
        icon: 'lock',
        title: 'You may not see this',
        advice: 'Ask who runs the application to let you.',
      };
    case 404:
      return {
        icon: 'empty',
        title: 'There is no such thing',
        advice: 'It may be older than the trail is kept.',
      };
    case 400:
      return {
        icon: 'warning',
        title: 'The server does not understand this',
        advice: 'Correct the filters above, or start again.',
      };
    default:
      return {
        icon: 'warning',
        title: 'The server has failed',
        advice: 'Its log says more. Try again in a moment.',
      };
  }
}

/** Why there is nothing to show, and what to do about it. */
export function Failure({ error, retry }: { error: RequestError; retry?: () => void }) {
  const { icon, title, advice } = explain(error.status);
  return (
    <Notice icon={icon} title={title} role="alert">
      {error.status !== 0 && (
        <p>
          <Text value={error.message} />
        </p>
      )}
      <p class="muted">{advice}</p>
      {retry && (
        <button type="button" class="quiet" onClick={retry}>
          Try again
        </button>
      )}
    </Notice>
  );
}
