/** The services that answer in XML to forms: CloudFormation's outputs of a stack, and who one is. */
import type { BoxAnswer, Service } from './http.ts';
import { ACCOUNT } from './machines.ts';
import { escaped } from './s3.ts';

export function queryService(stacks: ReadonlyMap<string, Readonly<Record<string, string>>>): Service {
  return async ({ body }) => {
    const form = new URLSearchParams(body.toString('utf8'));
    switch (form.get('Action')) {
      case 'GetCallerIdentity':
        return answer(
          'GetCallerIdentity',
          `<Arn>arn:aws:iam::${ACCOUNT}:user/box</Arn><UserId>BOX</UserId><Account>${ACCOUNT}</Account>`,
        );
      case 'DescribeStacks':
        return describeStacks(stacks, form.get('StackName') ?? '');
      default:
        return fault('InvalidAction', `the box knows no ${form.get('Action')}`);
    }
  };
}

function describeStacks(
  stacks: ReadonlyMap<string, Readonly<Record<string, string>>>,
  name: string,
): BoxAnswer {
  const outputs = stacks.get(name);
  if (outputs === undefined) return fault('ValidationError', `Stack with id ${name} does not exist`);
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${escaped(key)}</OutputKey><OutputValue>${escaped(value)}</OutputValue></member>`,
  );
  return answer(
    'DescribeStacks',
    `<Stacks><member><StackName>${name}</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime>` +
      `<StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks>`,
  );
}

function answer(action: string, inner: string): BoxAnswer {
  const body = `<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

function fault(code: string, message: string): BoxAnswer {
  const inner = `<Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message>`;
  return {
    status: 400,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse><Error>${inner}</Error><RequestId>box</RequestId></ErrorResponse>`,
  };
}
