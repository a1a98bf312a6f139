import type { Route } from '#web/web.ts'
import { cameraListRoute } from './camera-list.ts'
import { cameraRoutes } from './cameras.ts'
import { demoClockRoutes } from './demo-clock.ts'
import { myWorkRoutes } from './my-work.ts'
import type { DeskParts } from './parts.ts'
import { rolesNeededRoutes } from './roles-needed.ts'

export function deskRoutes(parts: DeskParts): readonly Route[] {
  return [
    ...myWorkRoutes(parts),
    ...rolesNeededRoutes(parts),
    cameraListRoute(parts),
    ...cameraRoutes(parts),
    ...demoClockRoutes(parts),
  ]
}
