/** Argo's artifacts and the stores they may lie in. */

import type { JsonObject } from './json.ts';
import type { KeySelector } from './parameter.ts';
import type { Metadata } from './policy.ts';

/** At most one of the stores is set; none means the default repository. */
export interface ArtifactLocation {
  readonly archiveLogs?: boolean;
  readonly s3?: S3Artifact;
  readonly gcs?: GcsArtifact;
  readonly azure?: AzureArtifact;
  readonly oss?: OssArtifact;
  readonly hdfs?: HdfsArtifact;
  readonly http?: HttpArtifact;
  readonly artifactory?: ArtifactoryArtifact;
  readonly git?: GitArtifact;
  readonly raw?: RawArtifact;
  readonly plugin?: PluginArtifact;
}

export interface Artifact extends ArtifactLocation {
  readonly name: string;
  readonly path?: string;
  readonly mode?: number;
  readonly recurseMode?: boolean;
  readonly from?: string;
  readonly fromExpression?: string;
  readonly subPath?: string;
  readonly globalName?: string;
  readonly archive?: ArchiveStrategy;
  readonly optional?: boolean;
  readonly artifactGC?: ArtifactGC;
  readonly deleted?: boolean;
}

/** The names of the stores, as they are spelled in an artifact. */
export const artifactStores = [
  's3',
  'gcs',
  'azure',
  'oss',
  'hdfs',
  'http',
  'artifactory',
  'git',
  'raw',
  'plugin',
] as const;

export type ArtifactStore = (typeof artifactStores)[number];

/** At most one is set; none means tar and gzip. */
export interface ArchiveStrategy {
  readonly tar?: { readonly compressionLevel?: number };
  readonly none?: Readonly<Record<string, never>>;
  readonly zip?: Readonly<Record<string, never>>;
}

export interface ArtifactGC {
  readonly strategy?: string;
  readonly serviceAccountName?: string;
  readonly podMetadata?: Metadata;
}

export interface WorkflowLevelArtifactGC extends ArtifactGC {
  readonly forceFinalizerRemoval?: boolean;
  readonly podSpecPatch?: string;
}

export interface S3Artifact {
  readonly endpoint?: string;
  readonly bucket?: string;
  readonly region?: string;
  readonly insecure?: boolean;
  readonly key?: string;
  readonly accessKeySecret?: KeySelector;
  readonly secretKeySecret?: KeySelector;
  readonly sessionTokenSecret?: KeySelector;
  readonly roleARN?: string;
  readonly useSDKCreds?: boolean;
  readonly createBucketIfNotPresent?: { readonly objectLocking?: boolean };
  readonly encryptionOptions?: {
    readonly kmsKeyId?: string;
    readonly kmsEncryptionContext?: string;
    readonly enableEncryption?: boolean;
    readonly serverSideCustomerKeySecret?: KeySelector;
  };
  readonly caSecret?: KeySelector;
  readonly addressingStyle?: string;
}

export interface GcsArtifact {
  readonly bucket?: string;
  readonly key?: string;
  readonly serviceAccountKeySecret?: KeySelector;
}

export interface AzureArtifact {
  readonly endpoint?: string;
  readonly container?: string;
  readonly blob?: string;
  readonly accountKeySecret?: KeySelector;
  readonly useSDKCreds?: boolean;
}

export interface OssArtifact {
  readonly endpoint?: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly accessKeySecret?: KeySelector;
  readonly secretKeySecret?: KeySelector;
  readonly createBucketIfNotPresent?: boolean;
  readonly securityToken?: string;
  readonly lifecycleRule?: JsonObject;
  readonly useSDKCreds?: boolean;
}

export interface HdfsArtifact {
  readonly addresses?: readonly string[];
  readonly path?: string;
  readonly force?: boolean;
  readonly hdfsUser?: string;
  readonly krbCCacheSecret?: KeySelector;
  readonly krbKeytabSecret?: KeySelector;
  readonly krbUsername?: string;
  readonly krbRealm?: string;
  readonly krbConfigConfigMap?: KeySelector;
  readonly krbServicePrincipalName?: string;
  readonly dataTransferProtection?: string;
}

export interface HttpArtifact {
  readonly url?: string;
  readonly headers?: readonly { readonly name: string; readonly value: string }[];
  readonly auth?: HttpAuth;
  readonly saveStreamViaFile?: boolean;
}

export interface HttpAuth {
  readonly basicAuth?: { readonly usernameSecret?: KeySelector; readonly passwordSecret?: KeySelector };
  readonly clientCert?: { readonly clientCertSecret?: KeySelector; readonly clientKeySecret?: KeySelector };
  readonly oauth2?: {
    readonly clientIDSecret?: KeySelector;
    readonly clientSecretSecret?: KeySelector;
    readonly tokenURLSecret?: KeySelector;
    readonly scopes?: readonly string[];
    readonly endpointParams?: readonly { readonly key: string; readonly value?: string }[];
  };
}

export interface ArtifactoryArtifact {
  readonly url?: string;
  readonly usernameSecret?: KeySelector;
  readonly passwordSecret?: KeySelector;
}

export interface GitArtifact {
  readonly repo?: string;
  readonly revision?: string;
  readonly depth?: number;
  readonly fetch?: readonly string[];
  readonly branch?: string;
  readonly singleBranch?: boolean;
  readonly disableSubmodules?: boolean;
  readonly insecureIgnoreHostKey?: boolean;
  readonly insecureSkipTLS?: boolean;
  readonly usernameSecret?: KeySelector;
  readonly passwordSecret?: KeySelector;
  readonly sshPrivateKeySecret?: KeySelector;
}

export interface RawArtifact {
  readonly data?: string;
}

export interface PluginArtifact {
  readonly name?: string;
  readonly configuration?: string;
  readonly key?: string;
  readonly connectionTimeoutSeconds?: number;
}
