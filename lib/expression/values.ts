/** Go values as Argo's expression languages see them, kept apart by Go type where Go keeps them apart. */

/**
 * A Go integer type other than `int` (which is a bare bigint). The last two are no operands of arithmetic.
 */
export type GoIntType =
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'time.Month'
  | 'time.Weekday';

export interface GoInt {
  readonly kind: 'int';
  readonly type: GoIntType;
  readonly value: bigint;
}

/** A slice; `items` is null for a nil slice. `type` is Go's `%T`, such as `[]interface {}` or `[]string`. */
export interface GoList {
  readonly kind: 'list';
  readonly type: string;
  readonly items: readonly GoValue[] | null;
}

/**
 * A map; `entries` is null for a nil map. Keys that are not strings are held as their Go text, and `keys`
 * then gives the key itself for each such text. A struct, or a pointer to one, is a map from its fields
 * and methods under the struct's type, such as `*time.Location`.
 */
export interface GoMap {
  readonly kind: 'map';
  readonly type: string;
  readonly entries: ReadonlyMap<string, GoValue> | null;
  readonly keys?: ReadonlyMap<string, GoValue>;
}

/** `time.Time`: nanoseconds since the Unix epoch, and the IANA name or fixed offset it is shown in. */
export interface GoTime {
  readonly kind: 'time';
  readonly nanos: bigint;
  readonly zone: string;
}

/** `time.Duration`, in nanoseconds. */
export interface GoDuration {
  readonly kind: 'duration';
  readonly nanos: bigint;
}

export interface GoFunction {
  readonly kind: 'func';
  readonly name: string;
  readonly call: (args: readonly GoValue[]) => GoValue;
  /** Its type as `%T` writes it; where given, calls by name are checked before the expression runs. */
  readonly signature?: string;
}

/**
 * nil, bool, `int` (bigint, wrapped to 64 bits), `float64` (number), string, and the tagged kinds. A Go
 * string is bytes: a byte that is no UTF-8 is held as the lone surrogate U+DC00 + byte (`go/utf8.ts`).
 */
export type GoValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | GoInt
  | GoList
  | GoMap
  | GoTime
  | GoDuration
  | GoFunction;
