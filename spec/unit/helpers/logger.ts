import type { Logger } from '../../../lib/logger';

/** A logger that keeps what it is told. */
export class MemoryLogger implements Logger {
  readonly errors: string[] = [];
  readonly infos: string[] = [];

  error(message: string): void {
    this.errors.push(message);
  }

  warn(): void {}

  info(message: string): void {
    this.infos.push(message);
  }

  debug(): void {}
}
