/** The rows of this room, gathered from their pages. */
import type { Route } from '#web/web.ts'
import { estateRoutes } from './estate/routes.ts'
import { cameraRoutes } from './pages/camera-routes.ts'
import { controllerRoutes } from './pages/controller-routes.ts'
import { declareRoutes } from './pages/declare-routes.ts'
import { deviceRoutes } from './pages/device-routes.ts'
import type { RegisterDeps } from './pages/parts.ts'
import { patchRoutes } from './pages/patch-routes.ts'
import { frontRoutes } from './pages/register-routes.ts'
import { securityRoutes } from './pages/security-routes.ts'
import { siteRoutes } from './pages/site-routes.ts'
import { supplierRoutes } from './pages/supplier-routes.ts'
import { systemRoutes } from './pages/system-routes.ts'
import { viewRoutes } from './pages/view-routes.ts'
import { visitRoutes } from './pages/visit-routes.ts'
import { mapRoutes } from './plan/map.ts'
import { planRoutes } from './plan/routes.ts'
import { publicSignRoutes } from './sign-sheet/public-page.ts'

export function registerRoutes(deps: RegisterDeps): Route[] {
  return [
    ...frontRoutes(deps),
    ...siteRoutes(deps),
    ...patchRoutes(deps),
    ...systemRoutes(deps),
    ...controllerRoutes(deps),
    ...cameraRoutes(deps),
    ...viewRoutes(deps),
    ...securityRoutes(deps),
    ...declareRoutes(deps),
    ...deviceRoutes(deps),
    ...supplierRoutes(deps),
    ...visitRoutes(deps),
    ...estateRoutes(deps),
    ...planRoutes(deps),
    ...mapRoutes(deps),
    ...publicSignRoutes(deps),
  ]
}
