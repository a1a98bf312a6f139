import type { Route } from '#web/web.ts'
import { cameraRoutes } from './cameras.ts'
import { demoClockRoutes } from './demo-clock.ts'
import { myWorkRoutes } from './my-work.ts'
import type { DeskParts } from './parts.ts'

export function deskRoutes(parts: DeskParts): readonly Route[] {
  return [...myWorkRoutes(parts), ...cameraRoutes(parts), ...demoClockRoutes(parts)]
}
