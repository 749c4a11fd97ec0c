/** Where an artifact lies: whether it says so at all, and whether what it says is complete. */

import type { Artifact, ArtifactLocation, HdfsArtifact } from '../../../argo/artifact.ts';
import { type Checker, report } from '../frame.ts';

/** `ArtifactLocation.HasLocationOrKey` of Argo's types; the first store in Argo's own order counts. */
export function hasLocationOrKey(artifact: ArtifactLocation): boolean {
  const { artifactory, azure, git, gcs, hdfs, http, oss, raw, s3, plugin } = artifact;
  if (artifactory) return Boolean(artifactory.url);
  if (azure) return Boolean(azure.blob);
  if (git) return Boolean(git.repo);
  if (gcs) return Boolean(gcs.key);
  if (hdfs) return Boolean(hdfs.path || hdfs.addresses?.length);
  if (http) return Boolean(http.url);
  if (oss) return Boolean(oss.key);
  if (raw) return true;
  if (s3) return Boolean(s3.key);
  return Boolean(plugin?.key);
}

export function checkLocation(checker: Checker, location: ArtifactLocation, owner: string): void {
  if (location.git && !location.git.repo) {
    const span = checker.spans.key(location, 'git');
    report(checker, 'invalid-artifact', span, `${owner}: git needs a repo`);
  }
  if (location.hdfs) checkHdfs(checker, location as Artifact, location.hdfs, owner);
}

/** `ValidateArtifact` in `workflow/artifacts/hdfs/hdfs.go`. */
function checkHdfs(checker: Checker, artifact: Artifact, hdfs: HdfsArtifact, owner: string): void {
  const fault = hdfsFault(hdfs);
  if (!fault) return;
  const span = fault.key ? checker.spans.of(hdfs, fault.key) : checker.spans.key(artifact, 'hdfs');
  report(checker, 'invalid-artifact', span, `${owner}: hdfs ${fault.message}`);
}

function hdfsFault(hdfs: HdfsArtifact): { readonly message: string; readonly key?: string } | undefined {
  const { addresses, path, hdfsUser, krbCCacheSecret, krbKeytabSecret } = hdfs;
  if (!addresses?.length) return { message: 'needs addresses' };
  if (!path) return { message: 'needs a path' };
  if (!path.startsWith('/')) return { message: 'needs an absolute path', key: 'path' };
  if (!hdfsUser && !krbCCacheSecret && !krbKeytabSecret) {
    return { message: 'needs hdfsUser, krbCCacheSecret or krbKeytabSecret' };
  }
  const hasService = hdfs.krbServicePrincipalName && hdfs.krbConfigConfigMap;
  if (krbKeytabSecret && !(hasService && hdfs.krbUsername && hdfs.krbRealm)) {
    const needed = 'krbServicePrincipalName, krbConfigConfigMap, krbUsername and krbRealm';
    return { message: `with krbKeytabSecret needs ${needed}`, key: 'krbKeytabSecret' };
  }
  if (krbCCacheSecret && !hasService) {
    const needed = 'krbServicePrincipalName and krbConfigConfigMap';
    return { message: `with krbCCacheSecret needs ${needed}`, key: 'krbCCacheSecret' };
  }
  return undefined;
}
