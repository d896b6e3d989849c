import Module from 'node:module';

interface Resolver {
  _resolveFilename(request: string, ...rest: unknown[]): string;
}

/** Given to mocha with `--require`: whoever asks for sequelize gets the lowest release that is supported. */
const resolver = Module as unknown as Resolver;
const resolve = resolver._resolveFilename.bind(resolver);
resolver._resolveFilename = (request, ...rest) =>
  resolve(request.replace(/^sequelize(?=\/|$)/, 'sequelize-lowest'), ...rest);
