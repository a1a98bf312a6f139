/** The rows of this room. */
import type { Route } from '#web/web.ts'
import type { EvidenceParts } from './deps.ts'
import { exhibitRoutes } from './pages/exhibit-routes.ts'
import { disclosureRoutes, handOverRoutes } from './pages/hand-over-routes.ts'
import { watchRoutes } from './pages/watch-routes.ts'

export function evidenceRoutes(parts: EvidenceParts): Route[] {
  return [
    ...exhibitRoutes(parts),
    ...watchRoutes(parts),
    ...handOverRoutes(parts),
    ...disclosureRoutes(parts),
  ]
}
