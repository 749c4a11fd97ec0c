/** All handlers by the name of their function. */
import { data } from './data.ts';
import { evaluate } from './evaluate.ts';
import { gate } from './gate.ts';
import { http } from './http.ts';
import { lock } from './lock.ts';
import { memo } from './memo.ts';
import { resource } from './resource.ts';
import { stage } from './stage.ts';
import { suspend } from './suspend.ts';
import type { Handler } from './world.ts';

export const handlers: Readonly<Record<string, Handler>> = {
  stage,
  evaluate,
  memo,
  gate,
  lock,
  suspend,
  http,
  data,
  resource,
};
