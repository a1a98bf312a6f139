import { availableParallelism, loadavg } from 'node:os'

/**
 * A limit of time as it can be held here: it is meant for a machine with a processor free, and where others wait for
 * each processor too, everything takes as many times longer.
 */
export const here = (limitMs: number): number =>
  limitMs * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism())
