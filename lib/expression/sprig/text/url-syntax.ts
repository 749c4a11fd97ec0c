/** Go's net/url: parsing and writing of URLs. */
import { goQuote } from '../../go/quote.ts';
import { goBytes, goString } from '../../go/utf8.ts';
import { GoError } from '../../go-error.ts';

export interface GoUrl {
  readonly scheme: string;
  readonly opaque: string;
  /** Name and password with their escapes; undefined if there is none. */
  readonly userinfo?: string;
  readonly host: string;
  /** Without escapes. */
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

/** What stays as it is, besides letters and digits, in each part of a URL. */
const plain = {
  path: /[-_.~$&+,/:;=@]/,
  user: /[-_.~$&+,;=]/,
  host: /[-_.~!$&'()*+,;=:[\]<>"]/,
  fragment: /[-_.~$&+,/:;=?@!()*]/,
} as const;

type Part = keyof typeof plain;

/** `url.Parse`. Throws GoError with the inner message. */
export function parseUrl(text: string): GoUrl {
  const [body = '', ...fragments] = text.split('#');
  const fragment = decodePart(fragments.join('#'), 'fragment');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Go refuses exactly these.
  if (/[\x00-\x1f\x7f]/.test(body)) throw new GoError('net/url: invalid control character in URL');
  const empty = { scheme: '', opaque: '', host: '', path: '', query: '', fragment };
  if (body === '*') return { ...empty, path: '*' };
  if (body.startsWith(':')) throw new GoError('missing protocol scheme');
  const prefix = /^([A-Za-z][-+.A-Za-z0-9]*):/.exec(body)?.[1];
  const scheme = prefix?.toLowerCase() ?? '';
  const { rest, query } = cutQuery(prefix === undefined ? body : body.slice(prefix.length + 1));
  const start = { ...empty, scheme, query };
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...start, opaque: rest };
    if (rest.split('/')[0]?.includes(':'))
      throw new GoError('first path segment in URL cannot contain colon');
  }
  const authority = scheme !== '' || !rest.startsWith('///') ? /^\/\/([^/]*)/.exec(rest) : null;
  const path = decodePart(rest.slice(authority?.[0].length ?? 0), 'path');
  return { ...start, path, ...parseAuthority(authority?.[1] ?? '') };
}

/** `URL.String`. */
export function urlText(url: GoUrl): string {
  const { scheme, opaque, userinfo, host } = url;
  let text = scheme === '' ? '' : `${scheme}:`;
  if (opaque !== '') text += opaque;
  else {
    const path = url.path === '*' ? '*' : encodePart(url.path, 'path');
    if (scheme !== '' || host !== '' || userinfo !== undefined) {
      if (host !== '' || url.path !== '' || userinfo !== undefined) text += '//';
      text += (userinfo === undefined ? '' : `${userinfo}@`) + encodePart(host, 'host');
    }
    if (path !== '' && !path.startsWith('/') && host !== '') text += '/';
    // Without this, a colon in the first segment would read as the end of a scheme.
    if (text === '' && path.split('/')[0]?.includes(':')) text += './';
    text += path;
  }
  if (url.query !== '') text += `?${url.query}`;
  return url.fragment === '' ? text : `${text}#${encodePart(url.fragment, 'fragment')}`;
}

function cutQuery(text: string): { rest: string; query: string } {
  const at = text.indexOf('?');
  return at < 0 ? { rest: text, query: '' } : { rest: text.slice(0, at), query: text.slice(at + 1) };
}

function parseAuthority(authority: string): { host: string; userinfo?: string } {
  const at = authority.lastIndexOf('@');
  const host = parseHost(authority.slice(at + 1));
  if (at < 0) return { host };
  const userinfo = authority.slice(0, at);
  if (!/^[A-Za-z0-9._:~!$&'()*+,;=%@-]*$/.test(userinfo)) throw new GoError('net/url: invalid userinfo');
  const [name = '', ...password] = userinfo.split(':');
  const parts = password.length === 0 ? [name] : [name, password.join(':')];
  return { host, userinfo: parts.map((part) => encodePart(decodePart(part, 'user'), 'user')).join(':') };
}

function parseHost(host: string): string {
  const literal = /^\[[^\]]*\](.*)$/s.exec(host);
  if (host.includes('[') && !literal) throw new GoError("missing ']' in host");
  const port = literal ? (literal[1] ?? '') : (/:[^:]*$/.exec(host)?.[0] ?? '');
  if (!/^(?::[0-9]*)?$/.test(port)) throw new GoError(`invalid port ${goQuote(port)} after host`);
  if (!literal && host.indexOf(':') !== host.lastIndexOf(':')) {
    throw new GoError(`invalid port ${goQuote(host.slice(host.indexOf(':')))} after host`);
  }
  return decodePart(host, 'host');
}

function encodePart(text: string, part: Part): string {
  let out = '';
  for (const byte of goBytes(text)) {
    const char = String.fromCharCode(byte);
    const stays = byte < 0x80 && (/[A-Za-z0-9]/.test(char) || plain[part].test(char));
    out += stays ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

function decodePart(text: string, part: Part): string {
  const bytes: number[] = [];
  const source = goBytes(text);
  for (let at = 0; at < source.length; at += 1) {
    const byte = source[at] ?? 0;
    const char = String.fromCharCode(byte);
    if (char === '%') {
      const code = String.fromCharCode(...source.subarray(at, at + 3));
      const isHostEscape = part !== 'host' || code === '%25' || /^%[89A-Fa-f]/.test(code);
      if (!/^%[0-9A-Fa-f]{2}$/.test(code) || !isHostEscape) {
        throw new GoError(`invalid URL escape ${goQuote(code)}`);
      }
      bytes.push(Number.parseInt(code.slice(1), 16));
      at += 2;
    } else {
      const isBad = part === 'host' && byte < 0x80 && !/[A-Za-z0-9]/.test(char) && !plain.host.test(char);
      if (isBad) throw new GoError(`invalid character ${goQuote(char)} in host name`);
      bytes.push(byte);
    }
  }
  return goString(Uint8Array.from(bytes));
}
