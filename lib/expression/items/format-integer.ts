/**
 * `fmt.Sprintf(format, i)` for one integer: what `withSequence.format` does (Go's fmt/print.go and
 * format.go).
 */
import { goQuote } from '../go/quote.ts';

interface Flags {
  sharp: boolean;
  zero: boolean;
  plus: boolean;
  minus: boolean;
  space: boolean;
  width: number | undefined;
  precision: number | undefined;
}

interface State {
  readonly format: string;
  readonly value: bigint;
  readonly out: string[];
  at: number;
  /** 0 while the integer has not been used up. */
  argument: number;
  isReordered: boolean;
  isGoodArgument: boolean;
  isAfterIndex: boolean;
  flags: Flags;
}

const mostPadding = 1_000_000n;

function noFlags(): Flags {
  const off = { sharp: false, zero: false, plus: false, minus: false, space: false };
  return { ...off, width: undefined, precision: undefined };
}

function readFlags(state: State): void {
  const names = { '#': 'sharp', '0': 'zero', '+': 'plus', '-': 'minus', ' ': 'space' } as const;
  for (;;) {
    const name = names[state.format[state.at] as keyof typeof names];
    if (name === undefined) return;
    state.flags[name] = true;
    state.at++;
  }
}

/** A number without sign; a number beyond a million spoils the rest of the format, as in Go. */
function readNumber(state: State, end = state.format.length): number | undefined {
  let number: number | undefined;
  while (state.at < end && /[0-9]/.test(state.format[state.at] ?? '')) {
    if ((number ?? 0) > Number(mostPadding)) {
      state.at = end;
      return undefined;
    }
    number = (number ?? 0) * 10 + Number(state.format[state.at]);
    state.at++;
  }
  return number;
}

/** `[1]` before a width, precision or verb; sets whether one was found. */
function readIndex(state: State): void {
  state.isAfterIndex = false;
  if (state.format[state.at] !== '[') return;
  state.isReordered = true;
  const start = state.at;
  const close = state.format.indexOf(']', start);
  if (close < 0 || state.format.length - start < 3) {
    state.at = start + 1;
    state.isGoodArgument = false;
    return;
  }
  state.at = start + 1;
  const number = readNumber(state, close);
  const isNumber = number !== undefined && state.at === close;
  state.at = close + 1;
  state.isAfterIndex = isNumber;
  if (number === 1 && isNumber) state.argument = 0;
  else state.isGoodArgument = false;
}

/** `*`: the integer itself is the width or precision. */
function takeStar(state: State, complaint: string): number | undefined {
  const isUsable = state.argument === 0 && state.value <= mostPadding && state.value >= -mostPadding;
  const value = isUsable ? Number(state.value) : undefined;
  if (state.argument === 0) state.argument = 1;
  if (value === undefined) state.out.push(complaint);
  state.isAfterIndex = false;
  return value;
}

function readWidth(state: State): void {
  if (state.format[state.at] !== '*') {
    state.flags.width = readNumber(state);
    if (state.isAfterIndex && state.flags.width !== undefined) state.isGoodArgument = false;
    return;
  }
  state.at++;
  const width = takeStar(state, '%!(BADWIDTH)');
  state.flags.width = width === undefined ? undefined : Math.abs(width);
  if (width !== undefined && width < 0) {
    state.flags.minus = true;
    state.flags.zero = false;
  }
}

function readPrecision(state: State): void {
  if (state.format[state.at] !== '.' || state.at + 1 >= state.format.length) return;
  state.at++;
  if (state.isAfterIndex) state.isGoodArgument = false;
  readIndex(state);
  if (state.format[state.at] !== '*') {
    state.flags.precision = readNumber(state) ?? 0;
    return;
  }
  state.at++;
  const isUsable = state.argument !== 0 || state.value >= 0n;
  const precision = takeStar(state, '%!(BADPREC)');
  if (precision !== undefined && precision < 0 && !isUsable) state.out.push('%!(BADPREC)');
  else state.flags.precision = precision;
}

function pad(text: string, flags: Flags): string {
  const width = flags.width ?? 0;
  const missing = Math.max(0, width - Array.from(text).length);
  return flags.minus ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}

function signOf(isNegative: boolean, flags: Flags): string {
  if (isNegative) return '-';
  return flags.plus ? '+' : flags.space ? ' ' : '';
}

function formatDigits(value: bigint, base: number, verb: string, flags: Flags): string {
  const isNegative = value < 0n;
  const size = isNegative ? -value : value;
  if (flags.precision === 0 && size === 0n) return ' '.repeat(flags.width ?? 0);
  let digits = size.toString(base);
  if (verb === 'X') digits = digits.toUpperCase();
  let wanted = flags.precision ?? 0;
  if (flags.precision === undefined && flags.zero && !flags.minus && flags.width !== undefined) {
    wanted = flags.width - (signOf(isNegative, flags) === '' ? 0 : 1);
  }
  digits = digits.padStart(wanted, '0');
  if (flags.sharp) digits = sharpPrefix(base, verb, digits) + digits;
  if (verb === 'O') digits = `0o${digits}`;
  return pad(signOf(isNegative, flags) + digits, flags);
}

function sharpPrefix(base: number, verb: string, digits: string): string {
  if (base === 2) return '0b';
  if (base === 8) return digits.startsWith('0') ? '' : '0';
  return base === 16 ? `0${verb === 'X' ? 'X' : 'x'}` : '';
}

function characterOf(value: bigint): string {
  const isRune = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value <= 0xdfffn);
  return isRune ? String.fromCodePoint(Number(value)) : '\ufffd';
}

function quotedCharacter(value: bigint, flags: Flags): string {
  const character = characterOf(value);
  if (character === "'") return "'\\''";
  if (character === '"') return "'\"'";
  const quoted = goQuote(character).slice(1, -1);
  if (!flags.plus || /^[ -~]*$/.test(quoted)) return `'${quoted}'`;
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `'\\U${code.padStart(8, '0')}'` : `'\\u${code.padStart(4, '0')}'`;
}

function formatUnicode(value: bigint, flags: Flags): string {
  const code = BigInt.asUintN(64, value);
  const digits = code
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, flags.precision ?? 4), '0');
  const character = characterOf(code);
  const isShown = flags.sharp && code <= 0x10ffffn && goQuote(character) === `"${character}"`;
  return pad(`U+${digits}${isShown ? ` '${character}'` : ''}`, flags);
}

const bases: Readonly<Record<string, number>> = { d: 10, v: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

function formatVerb(verb: string, state: State): string {
  const { value, flags } = state;
  const base = bases[verb];
  // `%#v` and `%+v` have a meaning of their own for other types, and none for integers.
  const bare = { ...flags, sharp: false, plus: false };
  if (verb === 'v') return formatDigits(value, 10, verb, bare);
  if (base !== undefined) return formatDigits(value, base, verb, flags);
  switch (verb) {
    case 'c':
      return padZero(characterOf(value), flags);
    case 'q':
      return padZero(quotedCharacter(value, flags), flags);
    case 'U':
      return formatUnicode(value, flags);
    case 'T':
      return padZero('int', flags);
    default:
      return `%!${verb}(int=${formatDigits(value, 10, 'd', verb === 'w' ? bare : flags)})`;
  }
}

/** Characters are padded with zeros where the flag says so, unlike numbers, whose zeros are digits. */
function padZero(text: string, flags: Flags): string {
  return flags.zero && !flags.minus
    ? text.padStart((flags.width ?? 0) + text.length - Array.from(text).length, '0')
    : pad(text, flags);
}

function writeDirective(state: State): void {
  state.at++;
  state.flags = noFlags();
  state.isGoodArgument = true;
  readFlags(state);
  readIndex(state);
  readWidth(state);
  readPrecision(state);
  if (!state.isAfterIndex) readIndex(state);
  const code = state.format.codePointAt(state.at);
  if (code === undefined) {
    state.out.push('%!(NOVERB)');
    return;
  }
  const verb = String.fromCodePoint(code);
  state.at += verb.length;
  if (verb === '%') state.out.push('%');
  else if (!state.isGoodArgument) state.out.push(`%!${verb}(BADINDEX)`);
  else if (state.argument > 0) state.out.push(`%!${verb}(MISSING)`);
  else {
    state.out.push(formatVerb(verb, state));
    state.argument = 1;
  }
}

/** The text of an integer in a format of Go. */
export function formatInteger(format: string, value: bigint): string {
  const tail = { isReordered: false, isGoodArgument: true, isAfterIndex: false, flags: noFlags() };
  const state: State = { format, value, out: [], at: 0, argument: 0, ...tail };
  while (state.at < format.length) {
    const percent = format.indexOf('%', state.at);
    const end = percent < 0 ? format.length : percent;
    state.out.push(format.slice(state.at, end));
    state.at = end;
    if (percent >= 0) writeDirective(state);
  }
  if (!state.isReordered && state.argument === 0) state.out.push(`%!(EXTRA int=${value})`);
  return state.out.join('');
}
