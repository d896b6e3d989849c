/** Texts that run, load or lead astray where a page takes them for more than text. */
export const HOSTILE: readonly string[] = [
  '<script>alert(1)</script>',
  '</script><script src="https://evil.example/x.js"></script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)' autofocus onfocus='alert(2)",
  'javascript:alert(1)//',
  'data:text/html,<script>alert(1)</script>',
  '<svg/onload=alert(1)><animate onbegin=alert(2)>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<a href="javascript:alert(1)">click</a>',
  '<link rel=stylesheet href="//evil.example/x.css"><style>@import "//evil.example"</style>',
  '<base href="https://evil.example/"><meta http-equiv=refresh content="0;url=//evil.example">',
  '<form action="https://evil.example"><button>go</button></form>',
  '{{constructor.constructor("alert(1)")()}} ${alert(1)} <%= alert(1) %>',
  '//evil.example/?q=#fragment&model=Other',
  '../../../../etc/passwd',
  '..',
  '%2e%2e%2f%00%',
  'exe.\u202etxt\u2066\u2069\u200f',
  'bell\u0007 escape\u001b[31m nothing\u0000 line\u2028',
  '\ud800 half a character',
  '__proto__',
  'constructor',
];

/** Several at once, in as much as the columns of the trail hold. */
export const WORST =
  "\"><script>alert(1)</script><img src=x onerror=alert(1)> ' onfocus='alert(1) javascript:alert(1)// " +
  '<base href="//evil.example"><style>@import "//evil.example"</style> ../.. %2f ?q=#x \u202etxt.exe\u2069 \u0007 __proto__';
