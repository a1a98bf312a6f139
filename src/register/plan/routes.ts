/** The rows of site plans. Whoever changes the register or installs cameras draws; everybody who sees the place looks. */
import { z } from 'zod'
import { isId, ok, type Result, refuse } from '#base/base.ts'
import { inTransaction, publish, type Tx } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import {
  type Answer,
  type Ask,
  fields,
  marks,
  type Page,
  type Person,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import { camerasAt } from '../camera-store.ts'
import { looking, noPlace, type RegisterDeps, siteFor } from '../pages/parts.ts'
import { checkPicture, pictureBytesMax, pictureMimes, readPicture, storePicture } from '../pictures.ts'
import { reaches, reachOf } from '../reach.ts'
import type { Site } from '../site-store.ts'
import { drawnAt, pictureAnswer } from './drawn.ts'
import { decimal, marking, placing, settling, shapeOf, withSite } from './input.ts'
import { planPage } from './pages.ts'
import { pictureSize } from './picture-size.ts'
import {
  areasMax,
  currentPlan,
  insertArea,
  insertPlan,
  insertSettlement,
  placeOnPlan,
  removeArea,
  settlementsOf,
  withdrawSettlement,
} from './store.ts'

const noPlan: Answer = { notFound: 'This place has no plan, or you may not see it.' }
const uploads = { field: 'picture', files: 1, bytesMax: pictureBytesMax, mimes: pictureMimes }

export function planRoutes(deps: RegisterDeps): Route[] {
  const { sql, packs } = deps
  const mayDraw = (person: Person, site: Site): boolean =>
    (['register.edit', 'deployment.install'] as const).some((action) =>
      reaches(reachOf(person, action, packs), site.provider, site.area, {
        siteId: site.id,
        patchId: site.patchId,
      }),
    )
  const drawable = async (person: Person, id: string): Promise<Site | null> => {
    const site = await siteFor(deps, person, id, 'register.view')
    return site !== null && mayDraw(person, site) ? site : null
  }
  const shown = async (view: View, person: Person, site: Site, chosen: string | null = null): Promise<Page> =>
    planPage(view, {
      site,
      drawn: await drawnAt(deps, site),
      mayDraw: mayDraw(person, site),
      pack: packs.packOf(site.provider),
      chosen,
    })
  const again = async (ask: Ask<Readonly<Record<string, unknown>>>): Promise<Page> => {
    const id = ask.input['id']
    const site = isId(id) ? await siteFor(deps, ask.person!, id, 'register.view') : null
    return site === null
      ? {
          title: 'Not found',
          body: marks.heading({ title: 'There is no such place, or you may not see it' }),
        }
      : shown(ask.view, ask.person!, site)
  }
  const wrong = (field: string | null, message: string): Answer => ({ refusal: [{ field, message }] })
  const done = (site: Site, flash: string, chosen: string | null): Answer => ({
    data: null,
    location: `/sites/${site.id}/plan${chosen === null ? '' : `?camera=${chosen}`}`,
    flash,
  })
  /** Writes and tells authorisation, which looks at once what each camera's mandate stands on. */
  const change = (
    site: Site,
    person: Person,
    nowMs: number,
    kind: string,
    about: Readonly<Record<string, string>>,
    work: (tx: Tx) => Promise<Result<unknown>>,
    data: Readonly<Record<string, string | number>> = {},
  ): Promise<Result<unknown>> =>
    inTransaction(sql, async (tx) => {
      const result = await work(tx)
      if (!result.ok) return result
      await append(tx, {
        kind,
        actor: person.id,
        provider: site.provider,
        about: { site: site.id, ...about },
        data,
        atMs: nowMs,
      })
      for (const camera of await camerasAt(tx, site.id))
        await publish(tx, 'camera.moved', { camera: camera.id }, { key: camera.id })
      return result
    })
  const no = (field: string, message: string) => refuse({ code: field, message, clause: null })
  const answer = (
    result: Result<unknown>,
    site: Site,
    flash: string,
    chosen: string | null = null,
  ): Answer =>
    result.ok ? done(site, flash, chosen) : wrong(result.reasons[0]!.code, result.reasons[0]!.message)
  const photoOf = async (tx: Tx, site: Site, ask: Ask<unknown>, field: string): Promise<Result<string>> => {
    const picture = checkPicture(ask.files[field]?.bytes)
    if (!picture.ok) return no(field, picture.reasons[0]!.message)
    return ok(
      await storePicture(tx, {
        provider: site.provider,
        ...picture.value,
        by: ask.person!.id,
        nowMs: ask.nowMs,
      }),
    )
  }

  return [
    route({
      method: 'GET',
      path: '/sites/:id/plan',
      permission: 'register.view',
      ledger: looking,
      input: z.object({ ...withSite, camera: fields.id('a camera').optional() }),
      api: { summary: 'The plan of a place: what each camera sees, and what of it is private' },
      async handler(ask) {
        const site = await siteFor(deps, ask.person!, ask.input.id, 'register.view')
        if (site === null) return noPlace
        const page = await shown(ask.view, ask.person!, site, ask.input.camera ?? null)
        return { data: await drawnAt(deps, site), page: () => page }
      },
    }),
    route({
      method: 'GET',
      path: '/sites/:id/plan/picture',
      permission: 'register.view',
      ledger: looking,
      input: z.object({ ...withSite, v: z.string().max(50).optional() }),
      async handler(ask) {
        const site = await siteFor(deps, ask.person!, ask.input.id, 'register.view')
        const plan = site === null ? null : await currentPlan(sql, site.id)
        const picture = plan === null ? null : await readPicture(sql, plan.pictureId)
        return picture === null ? noPlan : pictureAnswer(picture)
      },
    }),
    route({
      method: 'POST',
      path: '/sites/:id/plan',
      permission: 'register.view',
      ledger: 'plan.uploaded',
      input: z.object({ ...withSite, widthM: decimal('the width in metres', 1, 5000) }),
      uploads,
      form: again,
      async handler(ask) {
        const site = await drawable(ask.person!, ask.input.id)
        if (site === null) return noPlace
        const size = pictureSize(ask.files['picture']?.bytes ?? Buffer.alloc(0))
        if (ask.files['picture'] !== undefined && size === null)
          return wrong(
            'picture',
            'The size of this picture can’t be read, or it is far longer than wide. Choose another.',
          )
        const { widthM } = ask.input
        const result = await change(site, ask.person!, ask.nowMs, 'plan.uploaded', {}, async (tx) => {
          const photo = await photoOf(tx, site, ask, 'picture')
          if (!photo.ok) return photo
          await insertPlan(tx, {
            siteId: site.id,
            pictureId: photo.value,
            widthM,
            heightM: (widthM * size!.height) / size!.width,
            by: ask.person!.id,
            nowMs: ask.nowMs,
          })
          return ok(null)
        })
        return answer(result, site, 'The plan is there. Draw its cameras now.')
      },
    }),
    route({
      method: 'POST',
      path: '/sites/:id/plan/cameras',
      permission: 'register.view',
      ledger: 'plan.camera-drawn',
      input: z.object({ ...withSite, ...placing }),
      form: again,
      api: { summary: 'Draw a camera on the plan: metres from the left and top edge, degrees, metres' },
      async handler(ask) {
        const site = await drawable(ask.person!, ask.input.id)
        const plan = site === null ? null : await currentPlan(sql, site.id)
        if (site === null || plan === null) return noPlan
        const { x, y, direction, angle, range } = ask.input
        if (x > plan.widthM) return wrong('x', `The plan is ${plan.widthM} metres wide`)
        if (y > plan.heightM)
          return wrong('y', `The plan is ${Math.round(plan.heightM * 10) / 10} metres high`)
        const camera = (await camerasAt(sql, site.id)).find((one) => one.id === ask.input.camera)
        if (camera === undefined) return wrong('camera', 'Choose a camera of this place')
        const about = { camera: camera.id, system: camera.systemId }
        const result = await change(site, ask.person!, ask.nowMs, 'plan.camera-drawn', about, async (tx) => {
          await placeOnPlan(tx, {
            planId: plan.id,
            cameraId: camera.id,
            cone: { x, y, direction, angle, range },
            aimVersion: camera.aimVersion,
            by: ask.person!.id,
            nowMs: ask.nowMs,
          })
          return ok(null)
        })
        return answer(result, site, `${camera.label} is drawn. See below what it sees.`, camera.id)
      },
    }),
    route({
      method: 'POST',
      path: '/sites/:id/plan/areas',
      permission: 'register.view',
      ledger: 'plan.area-marked',
      input: z.object({ ...withSite, ...marking }),
      form: again,
      api: { summary: 'Mark an area of the plan as private or shared' },
      async handler(ask) {
        const site = await drawable(ask.person!, ask.input.id)
        const plan = site === null ? null : await currentPlan(sql, site.id)
        if (site === null || plan === null) return noPlan
        const shape = shapeOf(ask.input)
        if ('message' in shape) return wrong(shape.field, shape.message)
        if (shape.some((p) => p.x > plan.widthM + 0.01 || p.y > plan.heightM + 0.01))
          return wrong(
            ask.input.corners === null ? 'width' : 'corners',
            `It reaches beyond the plan, which is ${plan.widthM} by ${Math.round(plan.heightM * 10) / 10} metres`,
          )
        const { name, kind } = ask.input
        const result = await change(
          site,
          ask.person!,
          ask.nowMs,
          'plan.area-marked',
          {},
          async (tx) => {
            const id = await insertArea(tx, {
              planId: plan.id,
              name,
              kind,
              seeThrough: kind === 'wall' && ask.input.seeThrough,
              corners: shape,
              by: ask.person!.id,
              nowMs: ask.nowMs,
            })
            return id === null
              ? no('name', `A plan has at most ${areasMax} areas. Take one out first.`)
              : ok(null)
          },
          { kind },
        )
        return answer(result, site, 'The area is marked.')
      },
    }),
    route({
      method: 'POST',
      path: '/sites/:id/plan/areas/:area/remove',
      permission: 'register.view',
      ledger: 'plan.area-removed',
      input: z.object({ ...withSite, area: fields.id('an area') }),
      async handler(ask) {
        const site = await drawable(ask.person!, ask.input.id)
        const plan = site === null ? null : await currentPlan(sql, site.id)
        if (site === null || plan === null) return noPlan
        const result = await change(site, ask.person!, ask.nowMs, 'plan.area-removed', {}, async (tx) =>
          (await removeArea(tx, plan.id, ask.input.area, ask.nowMs))
            ? ok(null)
            : no('area', 'This area is not on the plan any more.'),
        )
        return answer(result, site, 'The area is taken out.')
      },
    }),
    route({
      method: 'POST',
      path: '/sites/:id/plan/settlements',
      permission: 'register.view',
      ledger: 'view.settled',
      input: z.object({ ...withSite, ...settling }),
      uploads: { ...uploads, field: 'photo' },
      form: again,
      async handler(ask) {
        const site = await drawable(ask.person!, ask.input.id)
        const drawn = site === null ? null : await drawnAt(deps, site)
        if (site === null || drawn === null) return noPlan
        const one = drawn.cameras.find(({ camera }) => camera.id === ask.input.camera)
        const conflict = one?.conflicts.find(({ area }) => area.id === ask.input.area)
        if (!one?.placed || conflict === undefined)
          return wrong(null, 'The camera does not see this area any more. There is nothing to settle.')
        if (conflict.demand === 'refused')
          return wrong(null, 'A private room is never settled. Aim the camera elsewhere and draw it again.')
        const today = new Date(ask.nowMs).toISOString().slice(0, 10)
        if (ask.input.givenOn > today) return wrong('givenOn', 'The day must be today or before')
        const { way, givenOn, note } = ask.input
        const viewVersion = one.placed.version
        const about = { camera: one.camera.id, system: one.camera.systemId }
        const result = await change(
          site,
          ask.person!,
          ask.nowMs,
          'view.settled',
          about,
          async (tx) => {
            const photo = await photoOf(tx, site, ask, 'photo')
            if (!photo.ok) return photo
            const written = await insertSettlement(tx, {
              cameraId: one.camera.id,
              areaId: conflict.area.id,
              viewVersion,
              way,
              givenOn,
              note,
              proofId: photo.value,
              by: ask.person!.id,
              nowMs: ask.nowMs,
            })
            return written ? ok(null) : no('way', 'Somebody has settled this already.')
          },
          { way },
        )
        return answer(result, site, 'Recorded.')
      },
    }),
    route({
      method: 'POST',
      path: '/sites/:id/plan/settlements/:settlement/withdraw',
      permission: 'register.view',
      ledger: 'view.unsettled',
      input: z.object({
        ...withSite,
        settlement: fields.id('what was settled'),
        camera: fields.id('a camera'),
      }),
      async handler(ask) {
        const site = await drawable(ask.person!, ask.input.id)
        if (site === null) return noPlan
        const camera = (await camerasAt(sql, site.id)).find((one) => one.id === ask.input.camera)
        if (camera === undefined) return noPlan
        const about = { camera: camera.id, system: camera.systemId }
        const result = await change(site, ask.person!, ask.nowMs, 'view.unsettled', about, async (tx) =>
          (await withdrawSettlement(tx, camera.id, ask.input.settlement, ask.nowMs))
            ? ok(null)
            : no('settlement', 'This holds no more already.'),
        )
        return answer(result, site, 'It holds no more. A running camera that sees the area stops.')
      },
    }),
    route({
      method: 'GET',
      path: '/sites/:id/plan/settlements/:settlement/proof',
      permission: 'register.view',
      ledger: {
        none: 'a paper or a masked picture was handed in as proof, to be looked at by who answers for it',
      },
      input: z.object({ ...withSite, settlement: fields.id('what was settled') }),
      async handler(ask) {
        const site = await drawable(ask.person!, ask.input.id)
        if (site === null) return noPlan
        const cameras = await camerasAt(sql, site.id)
        const own = (
          await settlementsOf(
            sql,
            cameras.map((camera) => camera.id),
          )
        ).find((one) => one.id === ask.input.settlement)
        const picture = own === undefined ? null : await readPicture(sql, own.proofId)
        return picture === null ? noPlan : pictureAnswer(picture)
      },
    }),
  ]
}
