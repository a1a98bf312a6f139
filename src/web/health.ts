/** `GET /health`, for whoever watches: 200 only while all is well; the status says in one word what is not. */
import type { Route } from './route.ts'

/**
 * `true`, or what keeps this hub from recording although it answers: no recorder is enrolled (none ever was, or all are
 * revoked), or none has spoken lately. A failure to find out is `failing`.
 */
export type Health = true | 'no-recorder' | 'recorder-silent'

export const healthRow = (healthy: () => Promise<Health>): Route => ({
  method: 'GET',
  path: '/health',
  permission: 'public',
  ledger: { none: 'a health probe changes nothing and shows nothing about anybody' },
  async handler() {
    const found = await healthy().catch(() => 'failing' as const)
    const body = Buffer.from(JSON.stringify({ status: found === true ? 'ok' : found }))
    return { file: { mime: 'application/json', body, status: found === true ? 200 : 503 } }
  },
})
