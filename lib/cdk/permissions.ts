/** Statements of roles as data, each wildcard with the reason why it must be one. */
import { Stack, Validations } from 'aws-cdk-lib';
import { type IPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

export interface Permission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Why a resource with a `*` cannot be exact; required where there is one. */
  readonly wildcard?: string;
}

export interface RoleProps {
  readonly service: string;
  readonly description: string;
  readonly permissions: readonly Permission[];
  readonly roleName?: string;
  /** Only for calls on behalf of a resource of this account whose ARN is like this. */
  readonly sourceArn?: string;
}

export function roleOf(scope: Construct, id: string, props: RoleProps): Role {
  const role = new Role(scope, id, {
    assumedBy: principal(scope, props),
    description: props.description,
    ...(props.roleName !== undefined && { roleName: props.roleName }),
  });
  allow(role, props.permissions);
  return role;
}

/** The account is checked so that a service cannot be made to act for somebody else (the confused deputy). */
function principal(scope: Construct, props: RoleProps): IPrincipal {
  const service = new ServicePrincipal(props.service);
  if (props.sourceArn === undefined) return service;
  return service.withConditions({
    StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
    ArnLike: { 'aws:SourceArn': props.sourceArn },
  });
}

export function allow(role: Role, permissions: readonly Permission[]): void {
  for (const permission of permissions) {
    const { actions, resources, conditions, wildcard } = permission;
    role.addToPolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [...resources],
        ...(conditions !== undefined && { conditions: { ...conditions } }),
      }),
    );
    for (const resource of resources) acknowledgeWildcard(role, resource, wildcard);
  }
}

/** cdk-nag's rule IAM5 has a finding for each resource with a `*`, named by the resource. */
function acknowledgeWildcard(role: Role, resource: string, reason: string | undefined): void {
  const finding = flat(Stack.of(role).resolve(resource));
  if (!finding.includes('*')) return;
  if (reason === undefined) throw new Error(`${finding}: a wildcard needs a reason`);
  Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${finding}]`, reason });
}

/** A resource as cdk-nag writes it: `<Ref>` and `<Id.Attribute>` in place of references. */
export function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
  if (typeof ref === 'string') return `<${ref}>`;
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(flat).join(String(join[0]));
  return JSON.stringify(value);
}
