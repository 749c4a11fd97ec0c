/** `urlParse` and `urlJoin`, on Go's net/url. */
import { goKindOf } from '../../go/format.ts';
import { goQuote } from '../../go/quote.ts';
import { GoError } from '../../go-error.ts';
import type { GoFunction, GoMap } from '../../values.ts';
import { define } from '../define.ts';
import { mapOf } from '../results.ts';
import { type GoUrl, parseUrl, urlText } from './url-syntax.ts';

export const urlFunctions: readonly GoFunction[] = [
  define('urlParse', ['string'], 'map[string]interface {}', (text) => {
    const url = parsed(text, 'unable to parse url');
    return mapOf(
      new Map([
        ['scheme', url.scheme],
        ['host', url.host],
        ['hostname', hostname(url.host)],
        ['path', url.path],
        ['query', url.query],
        ['opaque', url.opaque],
        ['fragment', url.fragment],
        ['userinfo', url.userinfo ?? ''],
      ]),
    );
  }),
  define('urlJoin', ['map'], 'string', join),
];

function parsed(text: string, message: string): GoUrl {
  try {
    return parseUrl(text);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new GoError(`${message}: parse ${goQuote(text)}: ${error.message}`);
  }
}

function hostname(host: string): string {
  const bare = host.replace(/:[0-9]*$/, '');
  return bare.startsWith('[') && bare.endsWith(']') ? bare.slice(1, -1) : bare;
}

function join(map: GoMap): string {
  const field = (name: string): string => {
    const value = map.entries?.get(name);
    if (value === undefined) return '';
    if (typeof value === 'string') return value;
    throw new GoError(`unable to parse ${name} key, must be of type string, but ${goKindOf(value)} found`);
  };
  const userinfo = field('userinfo');
  const user =
    userinfo === '' ? undefined : parsed(`proto://${userinfo}@host`, 'unable to parse userinfo in dict');
  return urlText({
    scheme: field('scheme'),
    host: field('host'),
    path: field('path'),
    query: field('query'),
    opaque: field('opaque'),
    fragment: field('fragment'),
    ...(user?.userinfo === undefined ? {} : { userinfo: user.userinfo }),
  });
}
