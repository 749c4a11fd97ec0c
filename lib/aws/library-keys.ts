/** Where uploaded templates and ConfigMaps are kept in the bucket. */

export const LIBRARY_FILES = 'templates/files/';
const MAPS = 'templates/config-maps/';

export function configMapKey(namespace: string, name: string): string {
  return `${MAPS}${namespace}/${name}.json`;
}

/** Of an uploaded file; `workflows/` is left out. */
export function libraryKey(key: string): string {
  return `${LIBRARY_FILES}${key.replace(/^workflows\//, '')}`;
}
