/** What is drawn on a site's plan, read as the pages show it. */
import type { Answer } from '#web/web.ts'
import { camerasAt } from '../camera-store.ts'
import type { RegisterDeps } from '../pages/parts.ts'
import type { Site } from '../site-store.ts'
import type { Drawn } from './pages.ts'
import { areasOn, currentPlan, type Plan, placedOn, settlementsOf } from './store.ts'
import { conflictsOf } from './view.ts'

/** A picture for who may see it now; nothing keeps a copy. */
export const pictureAnswer = (picture: { readonly mime: string; readonly bytes: Buffer }): Answer => ({
  file: { mime: picture.mime, body: picture.bytes, headers: { 'cache-control': 'private, no-store' } },
})

export async function drawnAt({ sql }: RegisterDeps, site: Site): Promise<Drawn | null> {
  const plan: Plan | null = await currentPlan(sql, site.id)
  if (plan === null) return null
  const cameras = (await camerasAt(sql, site.id)).filter((camera) => camera.retiredMs === null)
  const [areas, placed] = [await areasOn(sql, [plan.id]), await placedOn(sql, [plan.id])]
  const settlements = await settlementsOf(
    sql,
    cameras.map((camera) => camera.id),
  )
  return {
    plan,
    areas,
    cameras: cameras.map((camera) => {
      const own = placed.find((one) => one.cameraId === camera.id) ?? null
      return { camera, placed: own, conflicts: own === null ? [] : conflictsOf(own, areas, settlements) }
    }),
  }
}
