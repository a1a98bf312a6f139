/** Every page and API row of this room. */
import type { Route } from '#web/web.ts'
import type { FootageDeps } from './deps.ts'
import { expiryRoutes } from './pages/expiry.ts'
import { holdRoutes } from './pages/holds.ts'
import { leaveRoutes } from './pages/leaves.ts'
import { recorderRoutes } from './pages/recorders.ts'
import { timelineRoutes } from './pages/timeline.ts'
import { newViewingRoutes } from './pages/viewing-new.ts'
import { viewingRoutes } from './pages/viewing-routes.ts'
import type { Footage } from './start.ts'

export function footageRoutes(
  deps: FootageDeps & {
    readonly footage: Footage
    /** Keyring and footage lie on one disk: said on the recorders' page. */
    readonly keyringSharesDisk?: boolean
  },
): readonly Route[] {
  const parts = { ...deps, serve: deps.footage.serve }
  return [
    ...recorderRoutes(parts),
    ...newViewingRoutes(parts),
    ...viewingRoutes(parts),
    ...leaveRoutes(parts),
    ...holdRoutes(parts),
    ...expiryRoutes(parts),
    ...timelineRoutes(parts),
  ]
}
