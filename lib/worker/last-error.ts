import type { Logger } from '../logger';
import { withoutPasswords } from '../server-urls';

/** Enough to see what it is about; all of it stands in the log. */
const LONGEST = 500;

/** The latest warning or error of a worker, for those who look at it from elsewhere. */
export class LastError {
  private latest: { message: string; at: number } | undefined;

  /** A logger that hands on what it is told, and remembers what went wrong. */
  listeningTo(logger: Logger): Logger {
    const remember = (message: string): void => {
      this.latest = { message: presentable(message), at: performance.now() };
    };
    return {
      error: (message) => {
        remember(message);
        return logger.error(message);
      },
      warn: (message) => {
        remember(message);
        return logger.warn(message);
      },
      info: (message) => logger.info(message),
      debug: (message) => logger.debug(message),
    };
  }

  /** Null if nothing has gone wrong yet. */
  get(): { message: string; msAgo: number } | null {
    return (
      (this.latest && {
        message: this.latest.message,
        msAgo: Math.round(performance.now() - this.latest.at),
      }) ??
      null
    );
  }
}

/** Without passwords, and without characters that a database refuses or a terminal obeys. */
function presentable(message: string): string {
  return withoutPasswords(message)
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, LONGEST);
}
