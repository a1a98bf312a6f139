/** All rows of the room: the policy, clause by clause, and the document with everything that belongs to it. */
import type { Route } from '#web/web.ts'
import type { ProvidersDeps } from './deps.ts'
import { adjustmentRoutes } from './pages/adjustment-routes.ts'
import { consultationRoutes } from './pages/consultation-routes.ts'
import { documentRoutes } from './pages/document-routes.ts'
import { libraryRoutes } from './pages/library-routes.ts'
import { policyRoutes } from './pages/policy-routes.ts'
import { publicRoutes } from './pages/public-routes.ts'
import { standardsRoutes } from './pages/standards-routes.ts'

export const providersRoutes = (deps: ProvidersDeps): readonly Route[] => [
  ...policyRoutes(deps),
  ...documentRoutes(deps),
  ...consultationRoutes(deps),
  ...libraryRoutes(deps),
  ...standardsRoutes(deps),
  ...adjustmentRoutes(deps),
  ...publicRoutes(deps),
]
