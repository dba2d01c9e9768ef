/** Freezes an input, so that whoever writes to it throws instead of passing unseen. */
export { deepFreeze } from '../../hooks/json.ts';
