/** Artifacts that are git repositories, with the `git` of the machine or image. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { JsonObject } from '../protocol/json.ts';
import { asObject, text } from './artifact-stores.ts';
import { type ObjectLookup, objectKey } from './objects.ts';

export async function loadGit(
  location: JsonObject,
  folder: string,
  lookup: ObjectLookup,
  signal?: AbortSignal,
): Promise<void> {
  const private_ = await mkdtemp(join(tmpdir(), 'argosy-git-'));
  try {
    const env = await credentials(location, private_, lookup);
    const git = (words: readonly string[]) => runGit(words, { ...process.env, ...env }, signal);
    const depth = location['depth'] === undefined ? [] : ['--depth', text(location['depth'])];
    const branch = text(location['branch']);
    const single = location['singleBranch'] === true ? ['--single-branch'] : [];
    const only = branch === '' ? [] : ['--branch', branch, ...single];
    await git(['clone', '--quiet', ...depth, ...only, '--', text(location['repo']), folder]);
    for (const spec of Array.isArray(location['fetch']) ? location['fetch'] : []) {
      if (text(spec).startsWith('-')) throw new Error(`invalid refspec ${text(spec)}`);
      await git(['-C', folder, 'fetch', '--quiet', ...depth, 'origin', text(spec)]);
    }
    const revision = text(location['revision']);
    if (revision !== '') await checkOut(git, folder, revision, depth);
    if (location['disableSubmodules'] !== true) {
      await git(['-C', folder, 'submodule', '--quiet', 'update', '--init', '--recursive', ...depth]);
    }
  } finally {
    await rm(private_, { recursive: true, force: true });
  }
}

type Git = (words: readonly string[]) => Promise<void>;

/** A shallow clone may lack the revision, so it is asked for by name. */
async function checkOut(git: Git, folder: string, revision: string, depth: readonly string[]): Promise<void> {
  if (revision.startsWith('-')) throw new Error(`invalid revision ${revision}`);
  const checkout = (name: string) => git(['-C', folder, 'checkout', '--quiet', name]);
  try {
    await checkout(revision);
  } catch {
    await git(['-C', folder, 'fetch', '--quiet', ...depth, 'origin', revision]);
    await checkout('FETCH_HEAD');
  }
}

/** Passwords go through a helper program that reads the environment, never into the command line. */
async function credentials(
  location: JsonObject,
  folder: string,
  lookup: ObjectLookup,
): Promise<Readonly<Record<string, string>>> {
  const secret = async (field: string): Promise<string | undefined> => {
    const reference = asObject(location[field]);
    if (reference === undefined) return undefined;
    return await objectKey(lookup, 'secret', text(reference['name']), text(reference['key']), false);
  };
  const key = await secret('sshPrivateKeySecret');
  const password = await secret('passwordSecret');
  const env: Record<string, string> = { GIT_TERMINAL_PROMPT: '0' };
  const trusting = location['insecureIgnoreHostKey'] === true ? ' -o StrictHostKeyChecking=no' : '';
  if (key !== undefined) {
    const file = join(folder, 'key');
    await writeFile(file, key.endsWith('\n') ? key : `${key}\n`, { mode: 0o600 });
    env['GIT_SSH_COMMAND'] = `ssh -i '${file}'${trusting}`;
  } else if (trusting !== '') {
    env['GIT_SSH_COMMAND'] = `ssh${trusting}`;
  }
  if (password !== undefined) {
    const helper = join(folder, 'ask');
    const script =
      '#!/bin/sh\ncase $1 in *sername*) printf %s "$ARGOSY_GIT_USER";; *) printf %s "$ARGOSY_GIT_PASSWORD";; esac\n';
    await writeFile(helper, script, { mode: 0o700 });
    const user = (await secret('usernameSecret')) ?? '';
    Object.assign(env, { GIT_ASKPASS: helper, ARGOSY_GIT_USER: user, ARGOSY_GIT_PASSWORD: password });
  }
  if (location['insecureSkipTLS'] === true) env['GIT_SSL_NO_VERIFY'] = 'true';
  return env;
}

function runGit(words: readonly string[], env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(
      'git',
      words,
      { env, maxBuffer: 1 << 20, ...(signal && { signal }) },
      (error, _out, complaints) => {
        if (error === null) return resolve();
        const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
        reject(new Error(missing ? 'git is not installed' : `git: ${complaints.trim().slice(-500)}`));
      },
    );
  });
}
