/** Values of ConfigMaps that came with the workflow (`workflow/common/configmap.go`, GetConfigMapValue). */
import type { Bundle } from './bundle.ts';

const TYPE_LABEL = 'workflows.argoproj.io/configmap-type';
const PARAMETER = 'Parameter';

export type ConfigMapValue =
  | { readonly ok: true; readonly value: string }
  /** Only a map or key that is not there lets a default take its place. */
  | { readonly ok: false; readonly error: string; readonly notFound: boolean };

function fault(error: string, notFound: boolean): ConfigMapValue {
  return { ok: false, error, notFound };
}

export function configMapValue(bundle: Bundle, name: string, key: string): ConfigMapValue {
  const map = Object.hasOwn(bundle.configMaps, name) ? bundle.configMaps[name] : undefined;
  const label = `label ${TYPE_LABEL}: ${PARAMETER}`;
  if (map === undefined) {
    const advice = `Please make sure it has the ${label} to be detectable by the controller`;
    return fault(`ConfigMap '${name}' does not exist. ${advice}`, true);
  }
  if (map.labels[TYPE_LABEL] !== PARAMETER) {
    return fault(`ConfigMap '${name}' needs to have the ${label} to load parameters`, false);
  }
  const value = Object.hasOwn(map.data, key) ? map.data[key] : undefined;
  if (value === undefined) return fault(`ConfigMap '${name}' does not have the key '${key}'`, true);
  return { ok: true, value };
}
