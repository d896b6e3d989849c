/** A request as the viewer sees it, whatever the framework. */
export interface ViewerCall {
  readonly method: string;
  /** Below the mount, as it stood in the URL: percent-encoded, without the query; begins with a slash, or is empty. */
  readonly path: string;
  /** The whole path that the client has asked for, mount included, without the query. */
  readonly fullPath: string;
  /** What stands behind the `?`; empty if there is none. */
  readonly search: string;
  /** A header by its name in lower case. */
  header(name: string): string | undefined;
  /** What `authorize` is asked with: the framework's own request. */
  readonly request: object;
  /** Whom the application takes the client for, if it has said so by `request.user`. */
  readonly user: unknown;
  readonly ipAddress: string | undefined;
  readonly requestId: string | undefined;
  /** The JSON of the body. Throws a {@link Refusal}. */
  body(): Promise<unknown>;
}

/** What is sent back. HEAD gets the same without the body. */
export interface ViewerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}
