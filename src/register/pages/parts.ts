/** What every page of the register needs: whom it asks, and how a person's reach decides what they find. */
import { z } from 'zod'
import type { Sql, Tx } from '#engine/engine.ts'
import { type Answer, fields, marks, type Page, type Person } from '#web/web.ts'
import { type Camera, findCamera } from '../camera-store.ts'
import type { CredentialBox } from '../credentials.ts'
import type { RunningCamera } from '../estate/write-estate.ts'
import { type Packs, reaches, reachOf } from '../reach.ts'
import { findSite, type Site } from '../site-store.ts'

export type RegisterDeps = {
  readonly sql: Sql
  readonly packs: Packs
  named(ids: readonly string[]): Promise<ReadonlyMap<string, { readonly name: string }>>
  /** Accounts with any role at a landlord, for naming a manager. */
  staffOf(provider: string): Promise<readonly { readonly id: string; readonly name: string }[]>
  /** Seals the passwords that come with an estate file. */
  readonly box: CredentialBox
  /** Recorders that the landlord's cameras may hang on. */
  recordersFor(provider: string): Promise<readonly { readonly id: string; readonly name: string }[]>
  /** Asks for authority over a camera that an older system records today; false: it has some, or waits for it. */
  takeOver(tx: Tx, camera: RunningCamera): Promise<boolean>
}

export const noPlace: Answer = { notFound: 'There is no such place, or you may not see it.' }
export const noCamera: Answer = { notFound: 'There is no such camera, or you may not see it.' }
export const looking = { none: 'the register names places and cameras, and shows no picture' }
export const withId = z.object({ id: fields.id('a place') })
/** An edit of what somebody else has changed meanwhile. */
export const changed = [
  {
    field: null,
    message: 'Somebody else changed this meanwhile. Here is what it says now: type your change again.',
  },
]

/** A register action a person's roles must open. */
export type RegisterAction = 'register.view' | 'register.edit'

/** The site, when it is there and the person's roles reach it for this action; else null, whichever it was. */
export async function siteFor(
  deps: RegisterDeps,
  person: Person,
  id: string,
  action: RegisterAction,
): Promise<Site | null> {
  const site = await findSite(deps.sql, id)
  return site && reaches(reachOf(person, action, deps.packs), site.provider, site.area) ? site : null
}

/** The same for a camera. */
export async function cameraFor(
  deps: RegisterDeps,
  person: Person,
  id: string,
  action: RegisterAction,
): Promise<Camera | null> {
  const camera = await findCamera(deps.sql, id)
  return camera && reaches(reachOf(person, action, deps.packs), camera.provider, camera.area) ? camera : null
}

export const gone = (what: string): Page => ({ title: 'Not found', body: marks.heading({ title: what }) })

export const nameOf = (packs: Packs) => (slug: string) => packs.find(slug)?.name ?? slug
