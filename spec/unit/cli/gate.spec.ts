import type { IncomingMessage, ServerResponse } from 'node:http';

import { expect } from 'chai';

import { Gate } from '../../../cli/ui/gate';

/** What a request is answered with, at a port and under a name. */
function answered(localPort: number, host: string): number {
  let status = 0;
  const response = { writeHead: (given: number) => ((status = given), response), end: () => response };
  const request = { socket: { localPort }, headers: { host }, url: '/' };
  new Gate().admits(request as unknown as IncomingMessage, response as unknown as ServerResponse);
  return status;
}

describe('the gate of audit ui', () => {
  it('knows its page by the names that browsers send, which leave out the usual port', () => {
    for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
      expect([answered(80, name), answered(8080, `${name}:8080`)]).to.deep.equal([401, 401]);
      expect([answered(8080, name), answered(8080, `${name}:80`)]).to.deep.equal([403, 403]);
    }
    expect(answered(80, 'example.com')).to.equal(403);
  });
});
