import path from 'node:path';

/** Programs that are run as processes of their own. */
export const APPLICATION = path.join(__dirname, 'application/child.js');
export const AUDIT = path.join(__dirname, '../../cli/main.js');
