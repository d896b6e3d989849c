import type { Logger } from '../../../lib/logger';

/** A logger that keeps what it is told. */
export class MemoryLogger implements Logger {
  readonly errors: string[] = [];
  readonly warnings: string[] = [];
  readonly infos: string[] = [];

  error(message: string): void {
    this.errors.push(message);
  }

  warn(message: string): void {
    this.warnings.push(message);
  }

  info(message: string): void {
    this.infos.push(message);
  }

  debug(): void {}
}
