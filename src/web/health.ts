/** `GET /health`, for whoever keeps the process alive. */
import type { Route } from './route.ts'

export const healthRow = (healthy: () => Promise<boolean>): Route => ({
  method: 'GET',
  path: '/health',
  permission: 'public',
  ledger: { none: 'a health probe changes nothing and shows nothing about anybody' },
  async handler() {
    const well = await healthy().catch(() => false)
    const body = Buffer.from(JSON.stringify({ status: well ? 'ok' : 'failing' }))
    return { file: { mime: 'application/json', body, status: well ? 200 : 503 } }
  },
})
