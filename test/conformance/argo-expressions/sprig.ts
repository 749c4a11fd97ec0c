/** Checks sprig's functions against measured results: they are asked as expressions. */
export { check } from './expr.ts';
