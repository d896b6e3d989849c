import winston from 'winston';

/** What this package asks of a logger; winston, pino and the console all have it. */
export interface Logger {
  error(message: string): unknown;
  warn(message: string): unknown;
  info(message: string): unknown;
  debug(message: string): unknown;
}

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The application's own logger, which may throw; no write may fail by that. */
export function harmless(logger: Logger): Logger {
  const say = (level: keyof Logger, message: string): void => {
    try {
      logger[level](message);
    } catch {
      // There is nowhere to say it.
    }
  };
  return {
    error: (message) => say('error', message),
    warn: (message) => say('warn', message),
    info: (message) => say('info', message),
    debug: (message) => say('debug', message),
  };
}

/** A winston logger that writes lines to stderr: stdout belongs to the application, or to `--json`. */
export function createLogger(level: LogLevel): Logger {
  const { combine, printf, timestamp } = winston.format;
  return winston.createLogger({
    level: level === 'silent' ? 'error' : level,
    silent: level === 'silent',
    format: combine(
      timestamp(),
      printf((info) => `${String(info.timestamp)} audit ${info.level}: ${String(info.message)}`),
    ),
    // By way of the console, which does not mind a stderr that takes nothing, as on a full disk: the process would end.
    transports: [new winston.transports.Console({ stderrLevels: [...LOG_LEVELS], forceConsole: true })],
  });
}
