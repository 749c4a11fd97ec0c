/** What AWS refuses, in words that say what to do. */
import { CliError, EXIT } from '../exit-code.ts';

interface SdkFault extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $fault?: string;
  readonly code?: string;
  readonly syscall?: string;
}

type Advice = readonly [names: RegExp, message: (fault: SdkFault) => string, hint: string];

const SIGN_IN =
  'sign in with: aws sso login, or aws configure; choose a profile with --profile or AWS_PROFILE';

const KNOWN: readonly Advice[] = [
  [
    /^(CredentialsProviderError|TokenProviderError|NoCredentials)/,
    (fault) => `there are no AWS credentials: ${fault.message}`,
    SIGN_IN,
  ],
  [/^(ExpiredToken|RequestExpired|ExpiredTokenException)/, () => 'the AWS credentials have expired', SIGN_IN],
  [
    /^(UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature)/,
    (fault) => `AWS does not know these credentials: ${fault.message}`,
    SIGN_IN,
  ],
  [
    /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|Forbidden)/,
    (fault) => `AWS does not allow it: ${fault.message}`,
    'the policy of your user or role must allow this call',
  ],
  [
    /^(Throttling|ThrottlingException|TooManyRequests|RequestLimitExceeded|SlowDown|ProvisionedThroughput)/,
    () => 'AWS throttles the calls of this account, also after several tries',
    'wait a moment, and ask less often',
  ],
  [
    /^(TimeoutError|NetworkingError|ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)/,
    (fault) => `AWS cannot be reached: ${fault.message}`,
    'is the region right (--region, AWS_REGION), and the network up?',
  ],
  [
    /^Region is missing/,
    () => 'no AWS region is chosen',
    'name one with --region or AWS_REGION, or in the profile',
  ],
  [/^(ProfileNotFound|Could not resolve credentials using profile)/, (fault) => fault.message, SIGN_IN],
];

/** Undefined for what is no fault of AWS, nor of the way to it. */
export function awsFault(thrown: unknown): CliError | undefined {
  if (!(thrown instanceof Error) || thrown instanceof CliError) return undefined;
  const fault = thrown as SdkFault;
  const names = [fault.name, fault.code ?? '', fault.message];
  for (const [pattern, message, hint] of KNOWN)
    if (names.some((name) => pattern.test(name))) return new CliError(message(fault), EXIT.aws, hint);
  if (fault.$metadata === undefined && fault.$fault === undefined) return undefined;
  return new CliError(`AWS refused: ${fault.name}: ${fault.message}`, EXIT.aws);
}
