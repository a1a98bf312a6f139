/** The rows of this room, gathered from their pages. */
import type { Route } from '#web/web.ts'
import { estateRoutes } from './estate/routes.ts'
import { cameraRoutes } from './pages/camera-routes.ts'
import type { RegisterDeps } from './pages/parts.ts'
import { siteRoutes } from './pages/site-routes.ts'
import { systemRoutes } from './pages/system-routes.ts'

export function registerRoutes(deps: RegisterDeps): Route[] {
  return [...siteRoutes(deps), ...systemRoutes(deps), ...cameraRoutes(deps), ...estateRoutes(deps)]
}
