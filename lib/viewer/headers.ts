/** For pages: scripts, styles and requests of this origin alone, and no frame around them. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** For all else, should a browser ever show it as a page. */
const DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const ALWAYS = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Robots-Tag': 'noindex, nofollow',
} as const;

type Headers = Readonly<Record<string, string>>;

/** Of the application's pages. */
export const PAGE_HEADERS: Headers = {
  ...ALWAYS,
  'Content-Security-Policy': PAGE_POLICY,
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
};

/** Of pages that say no more than what is wrong. */
export const MESSAGE_HEADERS: Headers = { ...PAGE_HEADERS, 'Content-Security-Policy': DATA_POLICY };

export const DATA_HEADERS: Headers = {
  ...ALWAYS,
  'Content-Security-Policy': DATA_POLICY,
  'Content-Type': 'application/json; charset=utf-8',
  'Cache-Control': 'no-store',
};

/** Of scripts and styles; how long they are kept is for the asset to say. */
export const ASSET_HEADERS: Headers = { ...ALWAYS, 'Content-Security-Policy': DATA_POLICY };
