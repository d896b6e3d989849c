import { jsonText } from '../output';
import type { Sink } from './sink';

/** One JSON document with a list of any length, written item by item: `{"audits":[…],"next":null}`. */
export class JsonList {
  private items = 0;

  constructor(
    private readonly sink: Sink,
    private readonly name: string,
  ) {}

  get isEmpty(): boolean {
    return this.items === 0;
  }

  /** False once nobody reads any more. */
  add(item: object): Promise<boolean> {
    const before = this.items++ === 0 ? this.begin : ',';
    return this.sink.write(`${before}\n${jsonText(item)}`);
  }

  /** Ends the document with its other members, of which there is at least one. */
  end(members: object): Promise<boolean> {
    return this.sink.write(`${this.isEmpty ? this.begin : '\n'}],${jsonText(members).slice(1)}\n`);
  }

  private get begin(): string {
    return `{${JSON.stringify(this.name)}:[`;
  }
}
